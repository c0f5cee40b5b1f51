import assert from 'node:assert/strict';
import type { FlowNode } from '../support/node-red-admin.js';
import { EditorPage } from '../support/editor-page.js';
import { NodeRedProcess } from '../support/node-red-process.js';

const TAB: FlowNode = { id: 'tab', type: 'tab', label: 'Test' };

describe('battery panels (Chromium)', function () {
  this.timeout(120_000);
  let nodeRed: NodeRedProcess | undefined;
  let editor: EditorPage | undefined;

  before(async () => {
    nodeRed = await NodeRedProcess.start({ flows: [TAB] });
    editor = await EditorPage.open(nodeRed.url);
  });
  after(async () => {
    await editor?.close();
    await nodeRed?.stop();
  });

  /** Texts that were not translated, and controls that nothing names, in the open panel. */
  async function faults(): Promise<string[]> {
    const { page } = editor!;
    const text = await page.locator('#dialog-form').innerText();
    const untranslated = text.match(/gridwire[-.][\w-]+\.[\w.-]+/g) ?? [];
    const unnamed: string[] = await page.locator('#dialog-form').evaluate((form) => {
      const all = form.querySelectorAll('input:not([type=hidden]), select, button');
      // Node-RED's own decoys for password managers are no controls of ours.
      const controls = [...all].filter((each) => !each.id.startsWith('red-ui-trap'));
      return controls
        .filter((each) => {
          const named = each.getAttribute('aria-label') ?? each.textContent;
          const labelled = each.id !== '' && form.querySelector(`label[for="${each.id}"]`) !== null;
          return !labelled && named.trim() === '';
        })
        .map((each) => each.outerHTML);
    });
    return [...untranslated, ...unnamed];
  }

  it('scans simulated monitors, lists them with signal and voltage, and adds one to the devices', async () => {
    const { page } = editor!;
    const id = await editor!.drag('gridwire-ble-battery', 300, 100);
    await editor!.edit(id);
    await page.selectOption('#node-input-adapter', 'simulator');
    await page.click('#gridwire-ble-scan');
    const line = page.locator('#gridwire-ble-found .gridwire-newcomer').first();
    await line.waitFor({ timeout: 30_000 });
    assert.match(await line.innerText(), /02:47:57:00:00:0\d.*-?\d+ dBm, \d+\.\d\d V, \d+ %/);
    await line.locator('button').click();
    assert.deepEqual(await faults(), []);
    await editor!.done();
    const devices = JSON.stringify(await editor!.evaluate(`RED.nodes.node('${id}').devices`));
    assert.match(devices, /"address":"02:47:57:00:00:0\d","family":"BM\d"/);
    assert.equal(await editor!.evaluate(`RED.nodes.node('${id}').adapter`), 'simulator');
  });

  it('keeps the rows of the vehicle summary', async () => {
    const { page } = editor!;
    const id = await editor!.drag('gridwire-vehicle-summary', 300, 200);
    await editor!.edit(id);
    await page.locator('#dialog-form .red-ui-editableList-addButton').click();
    await page.locator('[data-field="vehicle"]').fill('van');
    await page.locator('[data-field="device"]').fill('02:47:57:00:00:01');
    assert.deepEqual(await faults(), []);
    await editor!.done();
    assert.deepEqual(await editor!.evaluate(`RED.nodes.node('${id}').devices`), [
      { vehicle: 'van', device: '02:47:57:00:00:01' },
    ]);
  });
});
