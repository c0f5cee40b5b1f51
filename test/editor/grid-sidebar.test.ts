import assert from 'node:assert/strict';
import path from 'node:path';
import { EditorPage } from '../support/editor-page.js';
import { NodeRedProcess } from '../support/node-red-process.js';
import { example, frame } from '../support/pandapower-example.js';

const EXAMPLE = path.resolve(__dirname, '../../examples/grid-day.json');
const SIMULATION = '9d1d000000000004';
const CASE = `function mpc = two
mpc.baseMVA = 100;
mpc.bus = [1 3 0 0 0 0 1 1 0 110 1 1.1 0.9; 2 1 40 10 0 0 1 0.99 -2 110 1 1.1 0.9];
mpc.gen = [1 0 0 10 -10 1.02 100 1];
mpc.branch = [1 2 0.01 0.05 0 50 0 0 0 0 1];
`;
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
    await editor!.show('grid');
    const sidebar = page.locator('.gridwire-grid-sidebar');
    await sidebar.locator('select').selectOption(SIMULATION);
    const buses = sidebar.locator('.gridwire-bus');
    await buses.nth(74).waitFor({ state: 'attached' });
    assert.equal(await buses.count(), 75);
    assert.equal(await sidebar.getByText('No step has been taken yet.').count(), 1);
    await nodeRed!.admin.inject(RUN_A_DAY);
    await sidebar.getByText(/^Step 24: /).waitFor();
    assert.equal(await sidebar.locator('.uplot').count(), 3);
    const powers = sidebar.locator('.uplot').first().locator('.u-legend .u-series');
    const named = (await powers.locator('.u-label').allInnerTexts()).slice(2);
    const kinds = ['ESS1', 'DG1', 'PV1', 'WT1'];
    const devices = ['MG1', 'MG2', 'MG3'].flatMap((grid) => kinds.map((kind) => `${grid}-${kind}`));
    assert.deepEqual(named, devices, 'every device can be chosen');
    await powers.last().locator('.u-label').click();
    assert.equal(await sidebar.locator('.uplot').first().locator('.u-legend .u-off').count(), 4);
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
    await page.locator('#node-dialog-cancel').waitFor({ state: 'detached' });
  });

  it('reads a MATPOWER case in the panel, says what it holds, solves and draws it, and makes it the environment', async () => {
    const { page } = editor!;
    await editor!.edit(SIMULATION);
    await page.selectOption('#node-input-environment', 'own');
    await page.locator('.gridwire-section.gridwire-grid-own summary').click();
    await page.fill('#gridwire-network-text', CASE);
    await page.locator('#gridwire-network-solve').click();
    const answer = page.locator('#gridwire-network-answer');
    await answer.getByText('two (matpower): 2 bus, 1 gen, 1 branch').waitFor();
    await answer.getByText(/^Solved in \d iterations from the voltages of the file/).waitFor();
    assert.equal(await answer.locator('.gridwire-bus').count(), 2);
    await page.locator('#gridwire-network-use').click();
    const json = JSON.parse(await page.inputValue('#node-input-environmentJson')) as {
      network: { matpower: string };
    };
    assert.equal(json.network.matpower, CASE);
    await page.fill('#gridwire-network-text', 'mpc.bus = [1 2; 3];');
    await page.locator('#gridwire-network-solve').click();
    await answer.getByText(/row 2 has 1 numbers, the first has 2/).waitFor();
    assert.equal(await page.locator('#gridwire-network-use').isDisabled(), true);
    await page.locator('#node-dialog-cancel').click();
    await page.locator('#node-dialog-cancel').waitFor({ state: 'detached' });
  });

  it('reads an uploaded pandapower network in the panel, and says what was left out, warned of and without supply', async () => {
    const { page } = editor!;
    await editor!.edit(SIMULATION);
    await page.selectOption('#node-input-environment', 'own');
    await page.locator('.gridwire-section.gridwire-grid-own summary').click();
    const text = example({
      load: frame(['bus', 'p_mw', 'q_mvar', 'mood'], [2, 1, 0, 'good']),
      measurement: frame(['value'], [1]),
      switch: frame(['bus', 'element', 'et', 'closed'], [1, 0, 'l', false], [1, 1, 'l', false]),
    });
    const file = { name: 'network.json', mimeType: 'application/json', buffer: Buffer.from(text) };
    await page.setInputFiles('#gridwire-network-file', file);
    await page.waitForFunction(
      (length) =>
        document.querySelector<HTMLTextAreaElement>('#gridwire-network-text')?.value.length === length,
      text.length,
    );
    await page.locator('#gridwire-network-solve').click();
    const answer = page.locator('#gridwire-network-answer');
    await answer.getByText(/^example \(pandapower\): 3 bus, .*1 load/).waitFor();
    await answer.getByText(/measurement/).waitFor();
    await answer.getByText('load: column mood is not known and was left out').waitFor();
    await answer.getByText(/^Solved in \d iterations?/).waitFor();
    await answer.getByText(/1 bus.*without|without.*1 bus/).waitFor();
    assert.equal(await answer.locator('.gridwire-bus').count(), 3);
    await page.locator('#gridwire-network-use').click();
    const json = JSON.parse(await page.inputValue('#node-input-environmentJson')) as {
      network: { pandapower: string };
    };
    assert.equal(json.network.pandapower, text);
    await page.locator('#node-dialog-cancel').click();
  });
});
