import assert from 'node:assert/strict';
import path from 'node:path';
import { EditorPage } from '../support/editor-page.js';
import { NodeRedProcess } from '../support/node-red-process.js';

const EXAMPLE = path.resolve(__dirname, '../../examples/grid-day.json');
const SIMULATION = '9d1d000000000004';
const RUN_A_DAY = '9d1d000000000002';

describe('grid sidebar (Chromium)', function () {
  this.timeout(120_000);
  let nodeRed: NodeRedProcess | undefined;
  let editor: EditorPage | undefined;

  before(async () => {
    nodeRed = await NodeRedProcess.start({ flows: EXAMPLE });
    editor = await EditorPage.open(nodeRed.url);
  });
  after(async () => {
    await editor?.close();
    await nodeRed?.stop();
  });

  it('shows the diagram, follows a day of the example while it runs, and plots it', async () => {
    const { page } = editor!;
    await page.evaluate(`RED.sidebar.show('gridwire-grid')`);
    const sidebar = page.locator('.gridwire-grid-sidebar');
    await sidebar.locator('select').selectOption(SIMULATION);
    const buses = sidebar.locator('.gridwire-bus');
    await buses.nth(74).waitFor({ state: 'attached' });
    assert.equal(await buses.count(), 75);
    assert.equal(await sidebar.getByText('No step has been taken yet.').count(), 1);
    await nodeRed!.admin.inject(RUN_A_DAY);
    await sidebar.getByText(/^Step 24: /).waitFor();
    assert.equal(await sidebar.locator('.uplot').count(), 3);
    const titles = await sidebar.locator('.gridwire-bus title').allTextContents();
    assert.ok(titles.every((title) => /^(DSO|MG\d) \w+: [01]\.\d{4} pu$/.test(title)));
  });

  it('shows the fields of the broker only for devices over a broker', async () => {
    const { page } = editor!;
    const deadline = page.locator('#node-input-deadline');
    await editor!.edit(SIMULATION);
    await deadline.waitFor({ state: 'hidden' });
    await page.selectOption('#node-input-mode', 'distributed');
    await deadline.waitFor({ state: 'visible' });
    await page.locator('#node-dialog-cancel').click();
  });
});
