import assert from 'node:assert/strict';
import { EditorPage } from '../support/editor-page.js';
import { NodeRedProcess } from '../support/node-red-process.js';

/** As many as a flow file holds in some megabytes; of the other lists, more than is drawn. */
const MANY = 100_000;
const MORE_THAN_DRAWN = 1_500;
const TYPE = '{ contract: "ecogrid-ems", eventType: "telemetry" }';
const RULE = '{ type: `n${at}`, severity: "LOW", member: "a", side: "above", limit: "1" }';
/** The lists of rows that panels edit, and a row of each that is filled. */
const LISTS = [
  ['gridwire-publish', 'parameters', '{ name: `n${at}`, value: `v${at}`, type: "str" }', '{ eventType: "" }'],
  ['gridwire-subscribe', 'parameters', '{ name: `n${at}`, value: `v${at}`, type: "str" }', TYPE],
  [
    'gridwire-validate',
    'plausibility',
    '{ member: `n${at}`, minimum: "1", counter: "no", sentinels: "no" }',
    '{}',
  ],
  ['gridwire-ble-battery', 'devices', '{ address: `n${at}`, family: "BM2" }', '{}'],
  ['gridwire-vehicle-summary', 'devices', '{ vehicle: `n${at}` }', '{}'],
  ['gridwire-ingest', 'alertRules', RULE, '{ alerts: true }'],
  ['gridwire-devices', 'devices', '{ serialNumber: `n${at}`, type: "T" }', '{}'],
] as const;

/** A flow may come from anybody. */
describe('a flow of odd and of very large values in the editor', function () {
  this.timeout(120_000);
  let nodeRed: NodeRedProcess | undefined;
  let editor: EditorPage | undefined;
  before(async () => {
    nodeRed = await NodeRedProcess.start({ flows: [{ id: 'tab', type: 'tab', label: 'Test' }] });
    editor = await EditorPage.open(nodeRed.url);
  });
  after(async () => {
    await editor?.close();
    await nodeRed?.stop();
  });

  /** Imports a node. @param values program text of its properties */
  const importNode = (id: string, type: string, values: string): Promise<boolean> =>
    editor!.evaluate<boolean>(`(() => {
      const { defaults, category } = RED.nodes.getType('${type}');
      const isConfig = category === 'config';
      const node = { id: '${id}', type: '${type}', x: 100, y: 100, wires: [], ...(isConfig ? {} : { z: 'tab' }) };
      for (const [name, { value, type: config }] of Object.entries(defaults)) node[name] = config ? '' : structuredClone(value);
      Object.assign(node, ${values});
      RED.nodes.import([node], { generateIds: false, addFlow: false });
      return isConfig;
    })()`);
  const open = (isConfig: boolean, type: string, id: string): Promise<void> =>
    isConfig ? editor!.editConfig(type, id) : editor!.edit(id);

  for (const [type, field, row, values] of LISTS) {
    const count = type === 'gridwire-publish' ? MANY : MORE_THAN_DRAWN;
    it(`draws some of ${count} rows of ${type}, says so, and keeps the others over Done`, async () => {
      const id = `many-${type}`;
      const rows = `{ ${field}: [null, { odd: {} }, ...Array.from({ length: ${count} }, (_each, at) => (${row}))] }`;
      const isConfig = await importNode(id, type, `{ ...${values}, ...${rows} }`);
      const before = await editor!.evaluate<string>(`JSON.stringify(RED.nodes.node('${id}').${field})`);
      await open(isConfig, type, id);
      const note = editor!.page.locator('.red-ui-tray .gridwire-kept-rows');
      await note.waitFor({ state: 'attached' });
      const shown = await editor!.page
        .locator('.red-ui-tray .red-ui-editableList ol > li')
        .evaluateAll((items) => items.filter((item) => item.querySelector('input')).length);
      assert.ok(shown >= 90 && shown <= 1000, `${shown} rows`);
      assert.match(await note.evaluate((each) => each.textContent), /\d+/);
      await editor!.done(isConfig);
      const after = await editor!.evaluate<string>(`JSON.stringify(RED.nodes.node('${id}').${field})`);
      const sorted = (text: string): string[] =>
        (JSON.parse(text) as (object | null)[])
          .map((each) => JSON.stringify(Object.entries(each ?? ['null']).sort()))
          .sort();
      assert.deepEqual(sorted(after), sorted(before));
    });
  }

  it('marks each field that holds an object where it is to be a text or a list', async () => {
    const types = await editor!.evaluate<string[]>(
      `RED.nodes.registry.getNodeTypes().filter((type) => type.startsWith('gridwire-'))`,
    );
    const unmarked: string[] = [];
    for (const [index, type] of types.entries()) {
      const id = `odd${index}`;
      const fields = `Object.entries(RED.nodes.getType('${type}').defaults).filter(([name, { type }]) => !type && !['inputs', 'outputs'].includes(name)).map(([name]) => name)`;
      await importNode(
        id,
        type,
        `Object.fromEntries(${fields}.map((name) => [name, { value: 'x', length: 3 }]))`,
      );
      unmarked.push(
        ...(await editor!.evaluate<string[]>(`(() => {
          const node = RED.nodes.node('${id}');
          return ${fields}.filter((name) => {
            const { validate } = node._def.defaults[name];
            return !validate || validate.call(node, node[name], {}) === true;
          }).map((name) => '${type}.' + name);
        })()`)),
      );
    }
    assert.deepEqual(unmarked, []);
  });

  it('says nothing wrong when a panel is closed before the catalogue has answered', async () => {
    let answer = (): void => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    await editor!.page.reload();
    await editor!.page.waitForSelector('.red-ui-palette-node[data-palette-type="gridwire-publish"]', {
      state: 'attached',
    });
    await editor!.page.route('**/gridwire/contracts/*/*', async (route) => {
      await held;
      await route.continue();
    });
    await importNode('late', 'gridwire-ingest', '{ alerts: true }');
    await importNode('other', 'gridwire-metrics', '{}');
    const asked = editor!.page.waitForRequest(/gridwire\/contracts\/\w/);
    await editor!.edit('late');
    await asked;
    await editor!.page.locator('#node-dialog-cancel').click();
    await editor!.page.waitForSelector('.red-ui-tray', { state: 'detached' });
    const answered = editor!.page.waitForResponse(/gridwire\/contracts\/\w/);
    answer();
    await (await answered).finished();
    // A panel that is opened afterwards asks after the answer has been dealt with.
    await editor!.edit('other');
    assert.equal(await editor!.page.locator('.red-ui-notification-error').count(), 0);
    assert.deepEqual(
      editor!.errors.filter((error) => !error.includes('404')),
      [],
    );
  });
});
