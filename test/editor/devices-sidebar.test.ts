import assert from 'node:assert/strict';
import { accessibilityFaults } from '../support/accessibility.js';
import { on, speaks } from '../support/busy-flow.js';
import { EditorPage } from '../support/editor-page.js';
import type { FlowNode } from '../support/node-red-admin.js';
import { NodeRedProcess } from '../support/node-red-process.js';

const VAN = '02:47:57:00:00:01';

const FLOW: FlowNode[] = [
  { id: 'tab', type: 'tab', label: 'Test' },
  { id: 'broker', type: 'gridwire-broker', name: 'near', transport: 'memory' },
  {
    ...{ id: 'fleet', name: 'the fleet', type: 'gridwire-devices', policy: 'hold', silentAfter: '2' },
    devices: [
      { serialNumber: 'INV-001', id: 123, type: 'SOLAR_INVERTER', site: 1, name: 'roof' },
      { serialNumber: 'INV-002', id: 124, type: 'SOLAR_INVERTER', site: 1 },
    ],
  },
  speaks('INV-001'),
  speaks('NEW-1'),
  speaks('NEW-2'),
  on('publish', 'gridwire-publish', { broker: 'broker', contract: '', qos: '1', parameters: [] }),
  {
    ...on('ingest', 'gridwire-ingest', { broker: 'broker', devices: 'fleet', name: 'ingest' }),
    ...{ contract: 'ecogrid-ems', dialect: 'documented', wires: [[], [], []] },
  },
  {
    ...on('monitors', 'gridwire-ble-battery', { name: 'garage', adapter: 'simulator', mode: 'live' }),
    ...{ linkUse: 'hold', maximumLinks: '3', wires: [[], [], []] },
    devices: [
      { address: VAN, family: 'BM6', vehicle: 'van', seconds: '1' },
      { address: '02:47:57:00:00:99', vehicle: 'boat', seconds: '1' },
    ],
  },
];
const MAY_SEE_STATES = [
  ...['flows.read', 'nodes.read', 'settings.read', 'plugins.read', 'library.read', 'status.read'],
  'gridwire.states.read',
];

describe('devices and batteries in the sidebar (Chromium)', function () {
  this.timeout(180_000);
  let nodeRed: NodeRedProcess | undefined;
  let editor: EditorPage | undefined;
  let closed: NodeRedProcess | undefined;
  // Both from the beginning: that the boat is not reached is known half a minute after the start.
  before(async () => {
    const users = { type: 'credentials', users: [], default: { permissions: MAY_SEE_STATES } };
    [nodeRed, closed] = await Promise.all([
      NodeRedProcess.start({ flows: FLOW }),
      NodeRedProcess.start({ flows: FLOW, settings: { adminAuth: users } }),
    ]);
  });
  after(() => Promise.all([nodeRed?.stop(), closed?.stop()]));
  async function open(at: NodeRedProcess | undefined): Promise<void> {
    editor = await EditorPage.open(at!.url);
  }
  const close = () => editor?.close();
  const panel = (name: string) => editor!.page.getByRole('tabpanel', { name });
  const item = (list: string, text: string) =>
    panel('Devices').getByRole('list', { name: list, exact: true }).locator('> li', { hasText: text });
  const message = () => panel('Devices').getByRole('status');

  describe('of somebody who may see states alone', () => {
    before(() => open(closed));
    after(close);

    it('offer no decision, and show no reading', async () => {
      await editor!.show('devices');
      await item('Not in the table', 'NEW-1').getByText('waits for approval').waitFor();
      assert.equal(
        await panel('Devices')
          .getByRole('button', { name: /Approve|Dismiss/ })
          .count(),
        0,
      );
      await editor!.show('batteries');
      const van = panel('Batteries').locator('li', { hasText: VAN });
      await van.getByText(/^last read /).waitFor();
      assert.doesNotMatch(await van.innerText(), / V,|%/);
      assert.equal(await van.locator('figure').isVisible(), false);
      assert.deepEqual(editor!.errors, []);
    });
  });

  describe('of somebody who may do everything', () => {
    before(() => open(nodeRed));
    after(close);

    it('show who is heard, who is silent, and who waits', async () => {
      await editor!.show('devices');
      await item('In the table', 'INV-001').getByText('heard', { exact: true }).waitFor();
      await item('In the table', 'INV-001')
        .getByText(/^roof · SOLAR_INVERTER 123 · site 1 · last heard .* · the fleet$/)
        .waitFor();
      await item('In the table', 'INV-002').getByText('silent', { exact: true }).waitFor();
      await item('Not in the table', 'NEW-1').getByText('waits for approval').waitFor();
      await item('Not in the table', 'NEW-1')
        .getByText(/^\d+ messages? · site 7 · last heard/)
        .waitFor();
      await item('Registries', 'the fleet')
        .getByText(/^in the table: 2; silent: 1; not in the table: 2; messages held: [1-9]\d*$/)
        .waitFor();
      assert.deepEqual(await accessibilityFaults(editor!, '.gridwire-sidebar'), []);
    });

    it('approve a device by keyboard, say what is missing, and put it into the table', async () => {
      const { page } = editor!;
      const id = page.getByLabel('Device ID of NEW-1');
      await id.focus();
      await page.keyboard.type('x');
      await page.keyboard.press('Tab');
      await page.keyboard.type('METER');
      await page.keyboard.press('Tab');
      assert.equal(await page.evaluate(`document.activeElement.getAttribute('aria-label')`), 'Approve NEW-1');
      await page.keyboard.press('Enter');
      await message().getByText('The device id must be a whole number.').waitFor();
      // The browser itself tells of an answer that refuses something.
      assert.match(editor!.errors.splice(0).join(), /^[^,]* 400 [^,]*$/);
      // What was typed stays while the list is brought up to date.
      await page.waitForResponse(/gridwire\/devices\?/);
      assert.equal(await page.getByLabel('Type of NEW-1').inputValue(), 'METER');
      await id.fill('77');
      await page.getByRole('button', { name: 'Approve NEW-1' }).press('Enter');
      await message()
        .getByText(/^NEW-1 is approved, held messages that go on: [1-9]\d*\./)
        .waitFor();
      await item('In the table', 'NEW-1')
        .getByText(/^METER 77 · site 7/)
        .waitFor();
      assert.equal(await item('Not in the table', 'NEW-1').count(), 0);
      const rows = await editor!.evaluate<object[]>(`RED.nodes.node('fleet').devices`);
      assert.deepEqual(rows.at(-1), { serialNumber: 'NEW-1', id: 77, type: 'METER', site: 7 });
      assert.equal(await editor!.evaluate(`RED.nodes.dirty()`), true);
      await editor!.evaluate(`RED.history.pop()`);
      assert.equal(await editor!.evaluate(`RED.nodes.node('fleet').devices.length`), 2);
    });

    it('dismiss one after a question', async () => {
      const { page } = editor!;
      await page.getByRole('button', { name: 'Dismiss NEW-2' }).click();
      await page.getByText('Dismiss NEW-2? What is held of it becomes dead letters.').waitFor();
      await page.locator('.red-ui-notification').getByRole('button', { name: 'Dismiss' }).click();
      await message()
        .getByText(/^NEW-2 is dismissed, messages that became dead letters: [1-9]\d*\.$/)
        .waitFor();
    });

    it('find a device by a part of its name', async () => {
      const find = panel('Devices').getByLabel('Device', { exact: true });
      await find.fill('roo');
      await find.press('Enter');
      await item('In the table', 'INV-002').waitFor({ state: 'detached' });
      await item('In the table', 'INV-001').waitFor();
      await panel('Devices').getByRole('button', { name: 'Open the settings of the fleet' }).click();
      await editor!.page.locator('#node-config-dialog-cancel').click();
      await editor!.page.waitForSelector('#node-config-dialog-cancel', { state: 'detached' });
    });

    it('show of each battery whether it can be reached, what it said, and how that was before', async () => {
      await editor!.show('batteries');
      const of = (text: string) =>
        panel('Batteries').getByRole('list', { name: 'Battery monitors' }).locator('> li', { hasText: text });
      await of(VAN).getByText('reached', { exact: true }).waitFor();
      await of(VAN)
        .getByText(/^\d+\.\d\d V, charged \d+ %, -?\d+ °C$/)
        .waitFor();
      await of(VAN)
        .getByText(/^last read .* · vehicle van · BM6/)
        .waitFor();
      await of('boat').getByText('not reached').waitFor({ timeout: 60_000 });
      await of('boat')
        .getByText(/why: MONITOR_/)
        .waitFor();
      await of('boat').getByText('not read yet').waitFor();
      await of(VAN)
        .getByText(/^Since .*: voltage \d+\.\d\d to \d+\.\d\d V \(line\), charge \d+ to \d+ % \(dashed\)$/)
        .waitFor({ timeout: 30_000 });
      const points = of(VAN).locator('polyline').first();
      assert.ok(((await points.getAttribute('points')) ?? '').split(' ').length >= 2);
      assert.deepEqual(await accessibilityFaults(editor!, '.gridwire-sidebar'), []);
      await of(VAN).getByRole('button', { name: 'Show garage in its flow' }).click();
      assert.deepEqual(editor!.errors, []);
    });
  });
});
