import assert from 'node:assert/strict';
import { EditorPage } from '../support/editor-page.js';
import type { FlowNode } from '../support/node-red-admin.js';
import { NodeRedProcess } from '../support/node-red-process.js';

const common = { z: 'tab', x: 300, wires: [[], []] };
const FLOWS: FlowNode[] = [
  { id: 'tab', type: 'tab', label: 'Test' },
  { id: 'here', type: 'gridwire-broker', name: 'here', transport: 'memory' },
  {
    ...{ id: 'there', type: 'gridwire-broker', name: 'there', transport: 'kafka', createTopics: true },
    ...{ kafkaBrokers: '127.0.0.1:1', reconnectMinimum: '60', reconnectMaximum: '60' },
  },
  // As a version without these fields saved it.
  { ...common, id: 'reads', type: 'gridwire-subscribe', y: 100, broker: 'here', contract: '', filter: 'a/#' },
  {
    ...common,
    id: 'letters',
    type: 'gridwire-dlq',
    y: 200,
    broker: 'there',
    contract: 'ecogrid-ems',
    wires: [[]],
  },
];
const FIELDS = ['group', 'startAt', 'startTime', 'startOffsets', 'partitionWindow'];

describe('panels for Kafka (Chromium)', function () {
  this.timeout(120_000);
  let nodeRed: NodeRedProcess | undefined;
  let editor: EditorPage | undefined;

  before(async () => {
    nodeRed = await NodeRedProcess.start({ flows: FLOWS });
    editor = await EditorPage.open(nodeRed.url);
  });
  after(async () => {
    await editor?.close();
    await nodeRed?.stop();
  });

  async function visible(): Promise<string[]> {
    const shown: string[] = [];
    for (const field of FIELDS) if (await editor!.page.isVisible(`#node-input-${field}`)) shown.push(field);
    return shown;
  }

  const faults = (): Promise<string[]> =>
    editor!.evaluate(`[...document.querySelectorAll('.gridwire-panel .input-error')].map(({ id }) => id)`);

  it('event subscribe shows its fields for a log with a Kafka broker only, and of the start what is asked', async () => {
    const { page } = editor!;
    await editor!.edit('reads');
    assert.deepEqual(await visible(), []);
    await page.selectOption('#node-input-broker', 'there');
    assert.deepEqual(await visible(), ['group', 'startAt', 'partitionWindow']);
    await page.selectOption('#node-input-startAt', 'timestamp');
    assert.deepEqual(await visible(), ['group', 'startAt', 'startTime', 'partitionWindow']);
    await page.selectOption('#node-input-startAt', 'offsets');
    assert.deepEqual(await visible(), ['group', 'startAt', 'startOffsets', 'partitionWindow']);
  });

  it('event subscribe says what is wrong with a list of topics and with offsets, and saves what is right', async () => {
    const { page } = editor!;
    await page.fill('#node-input-filter', 'device-*, sites/#/x');
    await page.fill('#node-input-startOffsets', 'device-telemetry:0');
    await page.fill('#node-input-group', 'analytics');
    await page.focus('#node-input-name');
    await page.waitForFunction(`document.querySelectorAll('.gridwire-panel .input-error').length === 2`);
    assert.deepEqual((await faults()).sort(), ['node-input-filter', 'node-input-startOffsets']);
    await page.fill('#node-input-filter', 'device-*, sites/#');
    await page.fill('#node-input-startOffsets', 'device-telemetry:0:1500, device-telemetry:1:7');
    await page.fill('#node-input-partitionWindow', '1');
    await page.focus('#node-input-name');
    await page.waitForFunction(`document.querySelectorAll('.gridwire-panel .input-error').length === 0`);
    await editor!.done();
    await editor!.deploy();
    const saved = (await nodeRed!.admin.flows()).find(({ id }) => id === 'reads');
    assert.deepEqual(
      ['filter', ...FIELDS].map((field) => saved?.[field]),
      [
        ...['device-*, sites/#', 'analytics', 'offsets', ''],
        ...['device-telemetry:0:1500, device-telemetry:1:7', '1'],
      ],
    );
  });

  it('the broker asks for what its SASL mechanism needs, by its names', async () => {
    const { page } = editor!;
    await editor!.edit('letters');
    await page.click('#node-input-btn-broker-edit');
    await page.waitForSelector('#node-config-input-transport', { state: 'visible' });
    assert.equal(await page.isVisible('#node-config-input-sessionTimeout'), true);
    await page.click('text=Security');
    await page.selectOption('#node-config-input-sasl', 'scram-sha-512');
    assert.equal((await page.innerText('label[for=node-config-input-username]')).trim(), 'User name');
    assert.equal(await page.isVisible('#node-config-input-tokenUrl'), false);
    await page.selectOption('#node-config-input-sasl', 'oauthbearer');
    assert.equal((await page.innerText('label[for=node-config-input-username]')).trim(), 'OAuth client ID');
    assert.equal((await page.innerText('label[for=node-config-input-password]')).trim(), 'OAuth secret');
    assert.equal(await page.isVisible('#node-config-input-tokenUrl'), true);
    await page.click('#node-config-dialog-cancel');
    await page.waitForSelector('#node-config-input-transport', { state: 'detached' });
    await page.click('#node-dialog-cancel');
    await page.waitForSelector('#node-input-broker', { state: 'detached' });
  });

  it('dlq offers whose headers it writes; a flow of an older version has its own', async () => {
    const { page } = editor!;
    await editor!.edit('letters');
    assert.equal(await page.inputValue('#node-input-letterHeaders'), 'gridwire');
    await page.selectOption('#node-input-letterHeaders', 'spring');
    await editor!.done();
    assert.equal(await editor!.evaluate(`RED.nodes.node('letters').letterHeaders`), 'spring');
    assert.deepEqual(editor!.errors, []);
  });
});
