import assert from 'node:assert/strict';
import { EditorPage } from '../support/editor-page.js';
import type { FlowNode } from '../support/node-red-admin.js';
import { NodeRedProcess } from '../support/node-red-process.js';

const common = { z: 'tab', x: 300, wires: [[], []] };
const FLOWS: FlowNode[] = [
  { id: 'tab', type: 'tab', label: 'Test' },
  { id: 'broker', type: 'gridwire-broker', name: 'here', transport: 'memory' },
  // As a version without pull mode saved it.
  {
    ...common,
    id: 'old',
    type: 'gridwire-subscribe',
    y: 100,
    broker: 'broker',
    contract: '',
    filter: 'a/#',
    qos: '1',
  },
  { ...common, id: 'asks', type: 'complete', scope: ['old'], uncaught: false, x: 100, y: 100, wires: [[]] },
];

describe('pull mode in the panel (Chromium)', function () {
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

  const inputs = (): Promise<number> => editor!.evaluate(`RED.nodes.node('old').inputs`);
  const ports = (): Promise<number> =>
    editor!.evaluate(`document.querySelectorAll('#old .red-ui-flow-port-input').length`);

  it('a flow of an older version stays push, without an input, and keeps its settings when it is saved', async () => {
    assert.equal(await inputs(), 0);
    await editor!.edit('old');
    await editor!.unfold();
    assert.equal(await editor!.page.inputValue('#node-input-mode'), 'push');
    assert.equal(await editor!.page.isVisible('#node-input-qos'), true);
    assert.equal(await editor!.page.isVisible('#node-input-pullAction'), false);
    await editor!.done();
    assert.deepEqual(
      await editor!.evaluate(`['filter', 'mode', 'pullLimit'].map((name) => RED.nodes.node('old')[name])`),
      ['a/#', 'push', '1000'],
    );
    assert.equal(await inputs(), 0);
  });

  it('pull shows its own settings and gives the node an input; push takes it and its wires away', async () => {
    const { page } = editor!;
    await editor!.edit('old');
    await editor!.unfold();
    await page.selectOption('#node-input-mode', 'pull');
    assert.equal(await page.isVisible('#node-input-qos'), false);
    assert.equal(await page.isVisible('#node-input-pullAction'), true);
    await page.selectOption('#node-input-pullAction', 'peek');
    await editor!.done();
    assert.equal(await inputs(), 1);
    assert.equal(await ports(), 1);
    await editor!.evaluate(
      `RED.nodes.addLink({ source: RED.nodes.node('asks'), sourcePort: 0, target: RED.nodes.node('old') })`,
    );
    await editor!.edit('old');
    await page.selectOption('#node-input-mode', 'push');
    await editor!.done();
    assert.equal(await inputs(), 0);
    assert.equal(await ports(), 0);
    assert.equal(
      await editor!.evaluate(`RED.nodes.filterLinks({ target: RED.nodes.node('old') }).length`),
      0,
    );
  });

  it('narrows an event type by topic parameters, shows the filter, and deploys what it says', async () => {
    const { page } = editor!;
    await editor!.edit('old');
    await page.selectOption('#node-input-mode', 'pull');
    await page.waitForFunction(`[...document.querySelector('#node-input-contract').options].length > 3`);
    await page.selectOption('#node-input-contract', 'powergrid');
    await page.waitForFunction(
      `[...document.querySelector('#node-input-eventType').options].some((each) => each.value === 'actions')`,
    );
    await page.selectOption('#node-input-eventType', 'actions');
    await page.waitForSelector('.gridwire-subscribe-parameters', { state: 'visible' });
    await page.locator('.gridwire-parameter-row input.red-ui-typedInput-input').first().fill('rollout_0');
    await page.locator('.gridwire-parameter-name').first().focus();
    assert.equal(await page.locator('.gridwire-preview-topic').innerText(), 'rollout_0/actions');
    await editor!.done();
    await editor!.deploy();
    const saved = (await nodeRed!.admin.flows()).find(({ id }) => id === 'old');
    assert.deepEqual(saved?.['parameters'], [{ name: 'env', value: 'rollout_0', type: 'str' }]);
    assert.deepEqual([saved['mode'], saved['inputs'], saved['pullAction']], ['pull', 1, 'peek']);
    assert.deepEqual(editor!.errors, []);
  });
});
