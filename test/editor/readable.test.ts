import assert from 'node:assert/strict';
import { unreadable } from '../support/cut-text.js';
import { EditorPage } from '../support/editor-page.js';
import { languages } from '../support/languages.js';
import type { FlowNode } from '../support/node-red-admin.js';
import { NodeRedProcess } from '../support/node-red-process.js';
import { panels } from '../support/panels.js';

/** What a panel holds that a fresh node has not: rows in its tables, and fields that only then are shown. */
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
  'gridwire-replay': { source: 'letters', patch: '' },
};
const ALL = panels();
const isConfig = (html: string): boolean => html.includes("category: 'config'");
const idOf = (type: string): string => type.replace('gridwire-', 'the-');
const CHOSEN = { broker: 'the-broker', store: 'the-store', devices: 'the-devices' };
const FLOW: FlowNode[] = [
  { id: 'tab', type: 'tab', label: 'Test' },
  ...ALL.map(({ type, html }, index): FlowNode => ({
    ...{ id: idOf(type), type },
    ...(isConfig(html) ? {} : { z: 'tab', x: 200, y: 40 * (index + 1), wires: [], ...CHOSEN }),
    ...(html.includes('contract: { value:') ? { contract: 'ecogrid-ems', dialect: 'documented' } : {}),
    ...FILLED[type],
  })),
];
/** What a node that was dragged from the palette has, and one of an imported flow need not have. */
const FILL = `(() => {
  const fill = (node) => {
    for (const [field, { value }] of Object.entries(RED.nodes.getType(node.type)?.defaults ?? {}))
      if (node[field] === undefined && value !== undefined) node[field] = structuredClone(value);
  };
  RED.nodes.eachNode(fill);
  RED.nodes.eachConfig(fill);
})()`;
/** Whether the editor takes a node for valid, before its panel is opened. */
const validityOf = (id: string): string => `(() => {
  const node = RED.nodes.node('${id}');
  RED.editor.validateNode(node);
  return node.valid;
})()`;
/** Controls that are marked as wrong. */
const RED_CONTROLS = `[...document.querySelectorAll('.red-ui-tray .input-error')].map((each) => each.id || each.className)`;
const PANEL = '.red-ui-tray:last-child .gridwire-panel';

for (const language of languages()) {
  describe(`nothing is cut, hidden or touching in the language ${language} (Chromium)`, function () {
    this.timeout(180_000);
    let nodeRed: NodeRedProcess | undefined;
    let editor: EditorPage | undefined;

    before(async () => {
      nodeRed = await NodeRedProcess.start({ flows: FLOW, settings: { lang: language } });
      editor = await EditorPage.open(nodeRed.url, undefined, language);
      await editor.evaluate(FILL);
    });
    after(async () => {
      await editor?.close();
      await nodeRed?.stop();
    });
    afterEach(async () => {
      const { page } = editor!;
      await page.evaluate(`document.querySelector('.red-ui-tray') && RED.tray.close()`);
      await page.waitForSelector('.red-ui-tray', { state: 'detached' });
    });

    for (const { type, html } of ALL) {
      it(`in the panel of ${type}, folded and unfolded`, async () => {
        const { page } = editor!;
        const isValid = await editor!.evaluate<boolean>(validityOf(idOf(type)));
        if (isConfig(html)) await editor!.editConfig(type, idOf(type));
        else await editor!.edit(idOf(type));
        // Node-RED gives the panel its size when it has come in, and the contracts come from the runtime.
        await page.waitForFunction(`document.querySelector('.red-ui-tray')?.style.right === '0px'`);
        if (html.includes('row: contract') || html.includes('id="node-input-contract"'))
          await page.waitForFunction(
            `document.querySelector('#node-input-contract').value === 'ecogrid-ems'`,
          );
        assert.deepEqual(await unreadable(editor!, PANEL), []);
        await editor!.unfold();
        assert.deepEqual(await unreadable(editor!, PANEL), []);
        if (isValid) assert.deepEqual(await editor!.evaluate(RED_CONTROLS), [], 'red, although it is valid');
      });
    }

    for (const transport of ['memory', 'mqtt', 'kafka']) {
      it(`in any tab of a broker over ${transport}`, async () => {
        const { page } = editor!;
        await editor!.editConfig('gridwire-broker', idOf('gridwire-broker'));
        await page.waitForFunction(`document.querySelector('.red-ui-tray')?.style.right === '0px'`);
        await page.selectOption('#node-config-input-transport', transport);
        if (transport === 'mqtt') await page.selectOption('#node-config-input-protocolVersion', '5');
        const tabs = page.locator('#gridwire-broker-tabs li a');
        for (let tab = 0; tab < (await tabs.count()); tab += 1) {
          await tabs.nth(tab).click();
          assert.deepEqual(await unreadable(editor!, PANEL), [], `tab ${tab}`);
        }
      });
    }

    it('in any section of the sidebar', async () => {
      for (const section of ['overview', 'live', 'letters', 'devices', 'grid', 'batteries']) {
        await editor!.show(section);
        assert.deepEqual(await unreadable(editor!, `#gridwire-sidebar-${section}`), [], section);
      }
      assert.deepEqual(await unreadable(editor!, '.gridwire-sidebar-tabs'), []);
    });
  });
}
