import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { EditorPage } from '../support/editor-page.js';
import type { FlowNode } from '../support/node-red-admin.js';
import { NodeRedProcess } from '../support/node-red-process.js';

const EXAMPLE = path.resolve(__dirname, '../../examples/grid-studies.json');
const EVERY_BRANCH = '9d5a000000000002';
const A_DAY = '9d5a000000000003';
const SIMULATION = '9d5a000000000005';
const LONG = 'longest';

/** The example, with a button for the longest series that there is: a year in steps of five minutes. */
function flows(): FlowNode[] {
  const example = JSON.parse(readFileSync(EXAMPLE, 'utf8')) as FlowNode[];
  const day = example.find(({ id }) => id === A_DAY)!;
  const payload = '{"steps": 105120, "loadFactor": [1..105120].(0.5 + ($ % 11) / 20)}';
  return [...example, { ...day, id: LONG, name: 'the longest', payload, payloadType: 'jsonata' }];
}

describe('studies in the grid sidebar (Chromium)', function () {
  this.timeout(120_000);
  let nodeRed: NodeRedProcess | undefined;
  let editor: EditorPage | undefined;

  before(async () => {
    nodeRed = await NodeRedProcess.start({ flows: flows() });
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

  it('say how far they have come, and are stopped there', async () => {
    const { page } = editor!;
    await editor!.show('grid');
    const sidebar = page.locator('.gridwire-grid-sidebar');
    const cancel = sidebar.getByRole('button', { name: 'Cancel the study' });
    assert.equal(await cancel.isVisible(), false);
    await nodeRed!.admin.inject(LONG);
    await sidebar.getByText(/^Study: \d+ of 105120$/).waitFor();
    await cancel.click();
    await cancel.waitFor({ state: 'hidden' });
    assert.equal(await sidebar.getByText(/^Study: /).count(), 0);
    assert.equal(await sidebar.getByText(/^Series of/).count(), 0, 'a study without a result is not shown');
    assert.ok(nodeRed!.lines.some((line) => line.includes('The study was cancelled after')));
  });
});
