import assert from 'node:assert/strict';
import { EditorPage } from '../support/editor-page.js';
import type { FlowNode } from '../support/node-red-admin.js';
import { NodeRedProcess } from '../support/node-red-process.js';
import { panels } from '../support/panels.js';

const ALL = panels();
const TYPES = ALL.filter(({ html }) => !html.includes("category: 'config'")).map(({ type }) => type);
const FLOW: FlowNode[] = [
  { id: 'tab', type: 'tab', label: 'Test' },
  { id: 'broker', type: 'gridwire-broker', name: 'here', transport: 'memory' },
  { id: 'store', type: 'gridwire-store', name: 'events', kind: 'sqlite', file: '' },
  { id: 'devices', type: 'gridwire-devices', name: 'fleet', policy: 'reject', devices: [] },
];
/** What is in the flow, as it would be exported: settings and references, without ids, places and what is secret. */
const IN_FLOW = `RED.nodes.filterNodes({ z: 'tab' }).map((node) => {
  const { id, x, y, z, wires, credentials, ...settings } = RED.nodes.convertNode(node);
  return settings;
})`;
/** Node-RED's own keys go to the flow, so it has the focus first. */
const FOCUS = `RED.view.focus()`;

/** What people do to nodes besides opening them: each type by itself, in the real editor. */
describe('undo, redo, copy, paste and import of our nodes', function () {
  this.timeout(120_000);
  let nodeRed: NodeRedProcess | undefined;
  let editor: EditorPage | undefined;

  before(async () => {
    nodeRed = await NodeRedProcess.start({ flows: FLOW });
    editor = await EditorPage.open(nodeRed.url);
  });
  after(async () => {
    await editor?.close();
    await nodeRed?.stop();
  });
  afterEach(async () => {
    await editor!.evaluate(
      `RED.view.select({ nodes: RED.nodes.filterNodes({ z: 'tab' }) }); RED.actions.invoke('core:delete-selection')`,
    );
    assert.deepEqual(editor!.errors, []);
  });

  const inFlow = (): Promise<Record<string, unknown>[]> => editor!.evaluate(IN_FLOW);
  const press = async (...keys: string[]): Promise<void> => {
    await editor!.evaluate(FOCUS);
    for (const key of keys) await editor!.page.keyboard.press(key);
  };

  for (const type of TYPES) {
    it(`${type}: a change is undone and done again, a copy and an import are as the node was`, async () => {
      await editor!.evaluate(`RED.actions.invoke('gridwire:add-${type.replace('gridwire-', '')}')`);
      const [fresh] = await inFlow();
      assert.equal(fresh?.['type'], type);

      // A panel that is opened and left as it is changes nothing.
      const id = await editor!.evaluate<string>(`RED.nodes.filterNodes({ z: 'tab' })[0].id`);
      await editor!.edit(id);
      await editor!.done();
      const [opened] = await inFlow();
      assert.deepEqual(opened, fresh, 'opened and closed by Done');

      await editor!.edit(id);
      await editor!.page.locator('#node-input-name').fill('another name');
      await editor!.done();
      assert.deepEqual(await inFlow(), [{ ...fresh, name: 'another name' }]);
      await press('Control+z');
      assert.deepEqual(await inFlow(), [fresh], 'undone');
      await press('Control+y');
      assert.deepEqual(await inFlow(), [{ ...fresh, name: 'another name' }], 'done again');

      await editor!.evaluate(`RED.view.select({ nodes: [RED.nodes.node('${id}')] })`);
      await press('Control+c', 'Control+v');
      // What is pasted hangs at the mouse until it is put down.
      await editor!.page.locator('#red-ui-workspace-chart').click({ position: { x: 500, y: 400 } });
      const [one, copy] = await inFlow();
      assert.deepEqual(copy, one, 'pasted');
      await press('Control+z');
      assert.equal((await inFlow()).length, 1, 'the paste is undone');

      const exported = await editor!.evaluate<object[]>(
        `RED.nodes.createExportableNodeSet([RED.nodes.node('${id}')])`,
      );
      await editor!.evaluate(
        `RED.view.importNodes(${JSON.stringify(exported)}, { generateIds: true, addFlow: false, touchImport: true })`,
      );
      const [, imported] = await inFlow();
      assert.deepEqual(imported, one, 'imported');
    });
  }
});
