import assert from 'node:assert/strict';
import path from 'node:path';
import { EditorPage } from '../support/editor-page.js';
import { NodeRedProcess } from '../support/node-red-process.js';

const EXAMPLE = path.resolve(__dirname, '../../examples/grid-studies.json');
const EVERY_BRANCH = '9d5a000000000002';
const A_DAY = '9d5a000000000003';
const SIMULATION = '9d5a000000000005';

describe('studies in the grid sidebar (Chromium)', function () {
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

  it('list the worst contingencies of the example, and plot its day', async () => {
    const { page } = editor!;
    await editor!.show('grid');
    const sidebar = page.locator('.gridwire-grid-sidebar');
    await sidebar.locator('select').selectOption(SIMULATION);
    await sidebar.locator('.gridwire-bus').nth(74).waitFor({ state: 'attached' });
    await nodeRed!.admin.inject(EVERY_BRANCH);
    await sidebar.getByText(/^\d+ branches taken out in turn; the 50 worst:$/).waitFor();
    assert.equal(await sidebar.locator('.gridwire-study tbody tr').count(), 50);
    const [worst = ''] = await sidebar.locator('.gridwire-study tbody tr').allTextContents();
    assert.match(worst, /\d+ buses, \d+\.\d\d MW/);
    await nodeRed!.admin.inject(A_DAY);
    await sidebar.getByText('Series of 24 steps, 0 without solution').waitFor();
    assert.equal(await sidebar.locator('.uplot').count(), 3);
  });
});
