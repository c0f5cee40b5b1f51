import assert from 'node:assert/strict';
import { accessibilityFaults } from '../support/accessibility.js';
import { EditorPage } from '../support/editor-page.js';
import { mqttBroker } from '../support/flows.js';
import { type CrashableMosquitto, startMosquitto } from '../support/mosquitto.js';
import type { FlowNode } from '../support/node-red-admin.js';
import { NodeRedProcess } from '../support/node-red-process.js';

const MARKER = 'only-in-payloads';
const place = { z: 'tab', x: 300, y: 100 };
const FLOW: FlowNode[] = [
  { id: 'tab', type: 'tab', label: 'Test' },
  { id: 'broker-near', type: 'gridwire-broker', name: 'near', transport: 'memory' },
  {
    ...{
      id: 'broker-far',
      type: 'gridwire-broker',
      name: 'far',
      transport: 'mqtt',
      host: '127.0.0.1',
      port: '9',
    },
    ...{ reconnectMinimum: '1', reconnectMaximum: '1' },
  },
  { id: 'store', type: 'gridwire-store', name: 'events', kind: 'sqlite', file: '' },
  {
    ...{ id: 'often', type: 'inject', z: 'tab', x: 100, y: 60, repeat: '0.02', props: [{ p: 'payload' }] },
    ...{ payload: `{"powerKw":1,"note":"${MARKER}"}`, payloadType: 'json', wires: [['publish']] },
  },
  {
    ...{
      ...place,
      id: 'publish',
      type: 'gridwire-publish',
      name: 'telemetry',
      broker: 'broker-near',
      wires: [[]],
    },
    ...{ contract: 'ecogrid-ems', dialect: 'documented', eventType: 'telemetry' },
    parameters: [
      { name: 'siteId', type: 'str', value: '1' },
      { name: 'serialNumber', type: 'str', value: 'INV-001' },
    ],
  },
  {
    ...place,
    id: 'in',
    type: 'gridwire-subscribe',
    name: 'listen',
    broker: 'broker-near',
    contract: '',
    filter: 'sites/#',
    qos: '1',
  },
  {
    ...place,
    id: 'away',
    type: 'gridwire-subscribe',
    name: 'away',
    broker: 'broker-far',
    contract: '',
    filter: 'x/#',
    qos: '1',
  },
];
const SUBSCRIBE = { type: 'gridwire-subscribe', contract: '', filter: 'x/#', qos: '1' };
const EDITOR = ['flows.read', 'nodes.read', 'settings.read', 'plugins.read', 'library.read', 'status.read'];

describe('overview and live in the sidebar (Chromium)', function () {
  this.timeout(180_000);
  let nodeRed: NodeRedProcess | undefined;
  let editor: EditorPage | undefined;
  async function open(permissions?: string[], flows = FLOW): Promise<void> {
    const users = { type: 'credentials', users: [], default: { permissions } };
    const settings = permissions === undefined ? {} : { adminAuth: users };
    nodeRed = await NodeRedProcess.start({ flows, settings });
    editor = await EditorPage.open(nodeRed.url);
  }
  async function close(): Promise<void> {
    await editor?.close();
    await nodeRed?.stop();
  }
  const panel = (name: string) => editor!.page.getByRole('tabpanel', { name });
  const list = (name: string) => panel('Overview').getByRole('list', { name });

  describe('of somebody who may do everything', () => {
    before(() => open());
    after(close);

    it('shows which broker is away and why, and what passes the other', async () => {
      await editor!.show('overview');
      const near = list('Brokers').locator('li', { hasText: 'near' });
      const far = list('Brokers').locator('li', { hasText: 'far' });
      await far.getByText('not connected').waitFor();
      await far
        .getByText(/127\.0\.0\.1:9/)
        .first()
        .waitFor();
      await near.getByText('memory connected').waitFor();
      await near.getByText(/^in [1-9][\d,.]*\/s, out [1-9][\d,.]*\/s$/).waitFor();
      await list('Stores')
        .getByText(/MiB; to go out: 0/)
        .waitFor();
    });

    it('raises an alarm that is acknowledged there, and keeps the focus while all is brought up to date', async () => {
      const alarm = list('Alarms').locator('li', { hasText: 'Broker away' });
      const know = alarm.getByRole('button', { name: 'I know of Broker away: far' });
      await know.focus();
      const asked = editor!.page.waitForResponse(/gridwire\/overview$/);
      await asked;
      assert.equal(await editor!.page.evaluate(`document.activeElement.textContent`), 'I know');
      await editor!.page.keyboard.press('Enter');
      await alarm.getByText(/^somebody knows; for \d+ (s|min)$/).waitFor();
      assert.equal(await know.isVisible(), false);
      // Who works by keyboard goes on from there.
      await editor!.page.waitForFunction(`document.activeElement.getAttribute('aria-label') === 'Alarms'`);
      assert.deepEqual(await accessibilityFaults(editor!, '.gridwire-sidebar'), []);
    });

    it('leads from a broker to its settings', async () => {
      await list('Brokers').getByRole('button', { name: 'Open the settings of near' }).click();
      await editor!.page.waitForSelector('#node-config-dialog-cancel');
      await editor!.page.locator('#node-config-dialog-cancel').click();
      await editor!.page.waitForSelector('#node-config-dialog-cancel', { state: 'detached' });
    });

    it('shows events as they pass, by topic and direction, and what one holds', async () => {
      await editor!.show('live');
      const rows = panel('Live').getByRole('listitem');
      await rows.filter({ hasText: 'sites/1/devices/INV-001/telemetry' }).first().waitFor();
      await panel('Live').getByLabel('Direction').selectOption('in');
      // What was shown before stays until there is an answer.
      await rows.filter({ hasText: 'out · near' }).first().waitFor({ state: 'detached' });
      await rows.filter({ hasText: 'in · near' }).first().waitFor();
      await panel('Live').getByRole('button', { name: 'Pause' }).click();
      const count = await rows.count();
      assert.equal(await rows.filter({ hasText: 'out · near' }).count(), 0);
      await rows.first().getByRole('button', { name: 'Open the event of sites/1' }).click();
      await rows.first().getByText(MARKER).waitFor();
      assert.equal(await rows.count(), count);
      const again = rows.first().getByRole('button', { name: 'Publish the event of sites/1' });
      const question = editor!.page.locator('.red-ui-notification', { hasText: 'through near?' });
      await again.focus();
      await editor!.page.keyboard.press('Enter');
      // Whoever answers without looking changes nothing.
      await editor!.page.keyboard.press('Enter');
      await question.waitFor({ state: 'detached' });
      assert.equal(await rows.first().getByText('It was published again').count(), 0);
      await again.click();
      await question.getByRole('button', { name: 'Publish again' }).click();
      await rows.first().getByText('It was published again, and the broker has it.').waitFor();
      await rows.first().getByRole('button', { name: 'Show listen in its flow' }).click();
      assert.deepEqual(await accessibilityFaults(editor!, '.gridwire-sidebar'), []);
      await panel('Live').getByLabel('Topic').fill('sites/+/nothing');
      await panel('Live').getByRole('button', { name: 'Pause' }).click();
      await panel('Live')
        .getByText(/^0 shown of 0 /)
        .waitFor();
      assert.deepEqual(editor!.errors, []);
    });
  });

  describe('with hundreds of alarms', () => {
    const silent = ['one', 'two'].map((id) => ({
      ...{ id: `fleet-${id}`, type: 'gridwire-devices', name: id, policy: 'reject', silentAfter: '1' },
      devices: Array.from({ length: 90 }, (_, at) => ({
        ...{ serialNumber: `${id}-${at}`, id: at, type: 'METER', site: 1 },
      })),
    }));
    const alarm = { ...place, y: 200, id: 'alarm', type: 'gridwire-alarm', name: 'watch', wires: [[]] };
    before(() => open(undefined, [...FLOW, ...silent, alarm]));
    after(close);

    it('shows the worst of them, and how many more there are', async () => {
      await editor!.show('overview');
      await panel('Overview')
        .getByText('There are 131 more alarms (critical: 0). What you know of makes room for them.')
        .waitFor();
      const rows = list('Alarms').locator('> li');
      await rows.first().getByText('Broker away').waitFor();
      assert.equal(await rows.count(), 50);
      const answer = await editor!.page.waitForResponse(/gridwire\/overview$/);
      assert.ok((await answer.body()).length < 50_000);
      // What is known makes room.
      const [known] = await rows.nth(1).locator('button').allInnerTexts();
      assert.equal(known, 'I know');
      const name = await rows.nth(1).locator('button').getAttribute('aria-label');
      await list('Alarms')
        .getByRole('button', { name: name ?? '', exact: true })
        .click();
      await list('Alarms')
        .getByRole('button', { name: name ?? '', exact: true })
        .waitFor({ state: 'detached' });
      assert.equal(await rows.count(), 50);
      assert.deepEqual(await accessibilityFaults(editor!, '.gridwire-sidebar'), []);
      await editor!.edit('alarm');
      const troubles = editor!.page.locator('.gridwire-state .gridwire-trouble');
      await troubles.first().getByText('Broker away: far (+180)').waitFor();
      assert.equal(await troubles.count(), 20);
      await editor!.done();
      assert.deepEqual(editor!.errors, []);
    });
  });

  describe('of somebody who comes to it', () => {
    before(() => open());
    after(close);

    it('is asked for at once, not only when the time for the next question has come', async () => {
      const { page } = editor!;
      await editor!.evaluate(`RED.sidebar.show('info')`);
      await page.clock.install();
      await page.clock.pauseAt(Date.now() + 60_000);
      const asked = page.waitForRequest(/gridwire\/overview$/);
      await editor!.evaluate(`RED.actions.invoke('gridwire:show-overview')`);
      await asked;
    });
  });

  describe('of somebody who may see states alone', () => {
    before(() => open([...EDITOR, 'gridwire.states.read']));
    after(close);

    it('has no live events, no sentences and nothing to acknowledge', async () => {
      await editor!.show('overview');
      await list('Alarms').locator('li', { hasText: 'Broker away' }).waitFor();
      await list('Brokers').locator('li', { hasText: 'far' }).getByText('not connected').waitFor();
      assert.equal(
        await panel('Overview')
          .getByRole('button', { name: /I know/ })
          .count(),
        0,
      );
      assert.doesNotMatch(await panel('Overview').innerText(), new RegExp(MARKER));
      const tabs = editor!.page.getByRole('tablist', { name: 'Gridwire' });
      assert.deepEqual(await tabs.getByRole('tab').allInnerTexts(), [
        'Overview',
        'Letters',
        'Devices',
        'Grid',
        'Batteries',
      ]);
      assert.deepEqual(editor!.errors, []);
    });
  });

  describe('where a broker hangs', () => {
    let mosquitto: CrashableMosquitto | undefined;
    before(async function () {
      mosquitto = await startMosquitto(this);
      const broker = mqttBroker('hanging', mosquitto.port, { name: 'hung' });
      await open(undefined, [FLOW[0]!, broker, { ...place, ...SUBSCRIBE, id: 'in', broker: 'hanging' }]);
    });
    after(async () => {
      mosquitto?.goOn();
      await close();
      await mosquitto?.stop();
    });

    it('does not say that it is connected, until it answers again', async () => {
      await editor!.show('overview');
      const row = list('Brokers').locator('li', { hasText: 'hung' });
      await row.getByText('mqtt connected').waitFor();
      mosquitto!.hang();
      await row.getByText('mqtt does not answer').waitFor();
      mosquitto!.goOn();
      await row.getByText('mqtt connected').waitFor();
    });
  });
});
