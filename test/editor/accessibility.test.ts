import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import { accessibilityFaults } from '../support/accessibility.js';
import { EditorPage } from '../support/editor-page.js';
import type { FlowNode } from '../support/node-red-admin.js';
import { NodeRedProcess } from '../support/node-red-process.js';
import { panels } from '../support/panels.js';
import { letter, message } from '../unit/store/helpers.js';

/** What a panel holds that a fresh node has not: rows in its tables. */
const FILLED: Record<string, Record<string, unknown>> = {
  'gridwire-broker': { name: 'here', transport: 'memory' },
  'gridwire-store': { name: 'events', kind: 'sqlite', file: '' },
  'gridwire-devices': {
    policy: 'hold',
    devices: [{ serialNumber: 'INV-001', id: 123, type: 'SOLAR_INVERTER', site: 1, name: 'Roof' }],
  },
  'gridwire-ingest': { alerts: true },
  'gridwire-publish': { eventType: 'telemetry', parameters: [{ name: 'siteId', value: '1', type: 'str' }] },
  'gridwire-ble-battery': { devices: [{ address: 'AA:BB:CC:DD:EE:FF', family: 'BM6' }] },
  'gridwire-grid-sim': { environment: 'three-microgrids' },
};
const REFERENCES = { broker: 'gridwire-broker', store: 'gridwire-store', devices: 'gridwire-devices' };
const ALL = panels();
const isConfig = (html: string): boolean => html.includes("category: 'config'");
const idOf = (type: string): string => type.replace('gridwire-', 'the-');
const FLOW: FlowNode[] = [
  { id: 'tab', type: 'tab', label: 'Test' },
  ...ALL.map(({ type, html }, index): FlowNode => ({
    ...{ id: idOf(type), type },
    ...(isConfig(html) ? {} : { z: 'tab', x: 200, y: 40 * (index + 1), wires: [], ...referencesIn(html) }),
    ...(html.includes('contract: { value:') ? { contract: 'ecogrid-ems', dialect: 'documented' } : {}),
    ...FILLED[type],
  })),
];

function referencesIn(html: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(REFERENCES)
      .filter(([field, type]) => html.includes(`${field}: { type: '${type}'`))
      .map(([field, type]) => [field, idOf(type)]),
  );
}

describe('what axe-core finds of ours (Chromium)', function () {
  this.timeout(180_000);
  let userDir: string;
  let nodeRed: NodeRedProcess | undefined;
  let editor: EditorPage | undefined;

  before(async () => {
    userDir = mkdtempSync(path.join(os.tmpdir(), 'gridwire-axe-'));
    const store = await openSqliteStore({ kind: 'sqlite', file: path.join(userDir, 'gridwire', 'store.db') });
    await store.deadLetters.add([letter('sites/1', { power: 'much' }, { failedAt: Date.now() })]);
    const parked = { attempts: 2, nextAttemptAt: Date.now() + 1e9, reason: 'the flow said no' };
    await store.parked.park('gone', [{ ...parked, key: 'k', message: message('p/1') }]);
    await store.close();
    nodeRed = await NodeRedProcess.start({ flows: FLOW, userDir });
    editor = await EditorPage.open(nodeRed.url);
  });
  after(async () => {
    await editor?.close();
    await nodeRed?.stop();
    rmSync(userDir, { recursive: true, force: true });
  });

  // A test that fails leaves its tray open, and the next one must not fail for that.
  afterEach(async () => {
    const { page } = editor!;
    const trays = page.locator('.red-ui-tray');
    for (let open = await trays.count(); open > 0; open = await trays.count()) {
      await page.evaluate('RED.tray.close()');
      await page.waitForFunction(`document.querySelectorAll('.red-ui-tray').length < ${open}`);
    }
  });

  const faults = (selector: string): Promise<string[]> => accessibilityFaults(editor!, selector);

  for (const { type, html } of ALL) {
    it(`nothing in the panel of ${type}, unfolded and filled`, async () => {
      if (isConfig(html)) await editor!.editConfig(type, idOf(type));
      else await editor!.edit(idOf(type));
      await editor!.page.waitForSelector('.gridwire-panel');
      await editor!.unfold();
      // The contracts come from Node-RED, and draw the rows that depend on them.
      if (html.includes('row: contract') || html.includes('id="node-input-contract"'))
        await editor!.page.waitForFunction(
          `document.querySelector('#node-input-contract').value === 'ecogrid-ems'`,
        );
      assert.deepEqual(await faults('.gridwire-panel'), []);
    });
  }

  for (const transport of ['memory', 'mqtt', 'kafka']) {
    it(`nothing in any tab of a broker over ${transport}`, async () => {
      const { page } = editor!;
      await editor!.editConfig('gridwire-broker', idOf('gridwire-broker'));
      await page.selectOption('#node-config-input-transport', transport);
      if (transport === 'mqtt') await page.selectOption('#node-config-input-protocolVersion', '5');
      const tabs = page.locator('#gridwire-broker-tabs li a');
      for (let tab = 0; tab < (await tabs.count()); tab += 1) {
        await tabs.nth(tab).click();
        assert.deepEqual(await faults('.gridwire-panel'), [], `tab ${tab}`);
      }
    });
  }

  it('nothing in the sidebar of the dead letters, whatever it shows', async () => {
    const { page } = editor!;
    await editor!.show('letters');
    const sidebar = page.locator('.gridwire-letters');
    await sidebar.getByText('1 letter', { exact: true }).waitFor();
    await editor!.evaluate(
      `document.querySelectorAll('.gridwire-letters details').forEach((each) => { each.open = true; })`,
    );
    await sidebar.locator('.gridwire-letters-list input[type=checkbox]').first().check();
    assert.deepEqual(await faults('.gridwire-letters'), []);
    for (const view of ['Queues', 'Log', 'What is wrong', 'Letters']) {
      await sidebar.getByRole('tab', { name: view }).click();
      if (view === 'Queues') await sidebar.getByText('To be tried again: gone').click();
      assert.deepEqual(await faults('.gridwire-letters'), [], view);
    }
  });

  it('nothing in the tray of a letter', async () => {
    const { page } = editor!;
    await page.locator('.gridwire-letters').getByRole('button', { name: 'Open' }).first().click();
    await page.locator('.gridwire-letter').getByLabel('Body').waitFor();
    assert.deepEqual(await faults('.gridwire-letter'), []);
  });

  it('nothing in the sidebar of the grid', async () => {
    const { page } = editor!;
    await editor!.show('grid');
    await page.locator('.gridwire-grid-sidebar .gridwire-bus').first().waitFor({ state: 'attached' });
    assert.deepEqual(await faults('.gridwire-grid-sidebar'), []);
  });

  it('nothing in the tray of brokers.yaml', async () => {
    const { page } = editor!;
    await page.evaluate(`RED.actions.invoke('gridwire:import-brokers-file')`);
    await page.fill(
      '#gridwire-brokers-file-text',
      'brokers:\n  near:\n    class: a.b:MqttBroker\n    config:\n      host: localhost\n',
    );
    await page.waitForSelector('.gridwire-planned');
    assert.deepEqual(await faults('.gridwire-dialog'), []);
  });

  it('nothing in the tray of the AsyncAPI export', async () => {
    const { page } = editor!;
    await page.evaluate(`RED.actions.invoke('gridwire:export-asyncapi')`);
    await page.waitForFunction(`document.querySelector('#gridwire-export-text')?.value.length > 2`);
    assert.deepEqual(await faults('.gridwire-dialog'), []);
  });

  it('nothing in any help text', async () => {
    await editor!.page.evaluate(`RED.sidebar.show('help')`);
    for (const { type } of ALL) {
      await editor!.evaluate(`RED.sidebar.help.show(${JSON.stringify(type)})`);
      await editor!.page.locator('.red-ui-help:visible').first().waitFor();
      await editor!.evaluate(
        `document.querySelectorAll('.red-ui-help').forEach((each) => each.classList.toggle('axe', each.offsetParent !== null))`,
      );
      // Node-RED's style guide begins the sections of a help text at the third level.
      assert.deepEqual(await accessibilityFaults(editor!, '.red-ui-help.axe', ['heading-order']), [], type);
    }
  });
});
