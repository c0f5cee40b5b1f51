import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { EditorPage } from '../support/editor-page.js';
import { NodeRedProcess } from '../support/node-red-process.js';

const HOSTILE = '<img src=x onerror="window.ranForeignCode=true">';

/** A flow or a file may come from anybody; opening it must not run what it says. */
describe('text of flows and files in the editor', function () {
  this.timeout(120_000);
  let nodeRed: NodeRedProcess | undefined;
  let editor: EditorPage | undefined;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gridwire-markup-'));
  before(async () => {
    nodeRed = await NodeRedProcess.start({ flows: [{ id: 'tab', type: 'tab', label: 'Test' }] });
    editor = await EditorPage.open(nodeRed.url);
  });
  after(async () => {
    await editor?.close();
    await nodeRed?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const assertNothingRan = async (where: string): Promise<void> => {
    const found = await editor!.evaluate<[boolean, number]>(
      `[window.ranForeignCode === true, document.querySelectorAll('img[src="x"]').length]`,
    );
    assert.deepEqual(found, [false, 0], where);
  };

  it('stays text in the panel and in the tooltip of every field of every node', async () => {
    const types = await editor!.evaluate<string[]>(
      `RED.nodes.registry.getNodeTypes().filter((type) => type.startsWith('gridwire-'))`,
    );
    assert.ok(types.length >= 16);
    for (const [index, type] of types.entries()) {
      const id = `hostile${index}`;
      const isConfig = await editor!.evaluate<boolean>(
        `(() => {
          const { defaults, category } = RED.nodes.getType('${type}');
          const hostile = ${JSON.stringify(HOSTILE)};
          // Two rows alike: one complaint names what they hold.
          const rows = [{ serialNumber: hostile, id: 1, type: hostile }, { serialNumber: hostile, id: 2, type: hostile }, { member: hostile, limit: hostile, type: hostile }];
          const node = { id: '${id}', type: '${type}', x: 100, y: 100, wires: [] };
          if (category !== 'config') node.z = 'tab';
          for (const [name, { value, type: config }] of Object.entries(defaults)) {
            if (config !== undefined || ['inputs', 'outputs', 'transport', 'kind', 'mode'].includes(name)) node[name] = value;
            else if (Array.isArray(value)) node[name] = rows;
            else node[name] = typeof value === 'boolean' ? true : hostile;
          }
          RED.nodes.import([node], { generateIds: false, addFlow: false });
          RED.editor.validateNode(RED.nodes.node('${id}'));
          return category === 'config';
        })()`,
      );
      if (isConfig) await editor!.editConfig(type, id);
      else await editor!.edit(id);
      const fields = editor!.page.locator('.red-ui-tray .input-error:visible');
      for (let field = 0; field < (await fields.count()); field += 1) {
        await fields
          .nth(field)
          .hover({ force: true, timeout: 2_000 })
          .catch(() => undefined);
      }
      await assertNothingRan(type);
      await editor!.page.locator(isConfig ? '#node-config-dialog-cancel' : '#node-dialog-cancel').click();
      await editor!.page.waitForSelector('.red-ui-tray', { state: 'detached' });
    }
  });

  it('is no list of letters: what should be rows and is a text has none', async () => {
    for (const type of ['gridwire-publish', 'gridwire-subscribe']) {
      await editor!.evaluate(
        `RED.nodes.import([{ id: 'text-${type}', type: '${type}', z: 'tab', x: 100, y: 100, wires: [], parameters: 'x'.repeat(20_000) }], { generateIds: false, addFlow: false }) && 1`,
      );
      await editor!.edit(`text-${type}`);
      assert.equal(await editor!.page.locator('.gridwire-parameter-row').count(), 0);
      await editor!.page.locator('#node-dialog-cancel').click();
      await editor!.page.waitForSelector('.red-ui-tray', { state: 'detached' });
    }
  });

  it('stays text in the tooltips of the sidebar that lists config nodes', async () => {
    await editor!.evaluate(`RED.sidebar.show('config')`);
    const marks = editor!.page.locator(
      '.red-ui-palette-node-config-invalid .red-ui-palette-node-annotations, .red-ui-palette-node-config-invalid .red-ui-flow-node-error',
    );
    assert.ok((await marks.count()) > 0, 'no config node is marked as invalid');
    for (let mark = 0; mark < (await marks.count()); mark += 1) {
      await editor!.page.mouse.move(2, 2);
      await editor!.page.waitForSelector('.red-ui-popover', { state: 'detached' });
      await marks.nth(mark).scrollIntoViewIfNeeded();
      await marks.nth(mark).hover({ force: true });
      await editor!.page.waitForSelector('.red-ui-popover');
      await assertNothingRan(`tooltip ${mark}`);
    }
  });

  it('stays text in the notice about a device file that is wrong', async () => {
    const file = path.join(folder, 'devices.json');
    writeFileSync(
      file,
      JSON.stringify([1, 2].map((device) => ({ serialNumber: HOSTILE, id: device, type: HOSTILE }))),
    );
    const id = await editor!.evaluate<string>(
      `RED.nodes.import([{ id: 'table', type: 'gridwire-devices', devices: [], policy: 'hold' }], { generateIds: false }) && 'table'`,
    );
    await editor!.editConfig('gridwire-devices', id);
    await editor!.page.setInputFiles(
      '#red-ui-editor-stack input[type=file], .red-ui-tray input[type=file]',
      file,
    );
    await editor!.page.locator('.red-ui-notification', { hasText: 'listed twice' }).waitFor();
    await assertNothingRan('device file');
  });
});
