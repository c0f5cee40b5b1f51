import assert from 'node:assert/strict';
import { ROWS_A_SECOND } from '../../src/stream/live-view.js';
import { EditorPage } from '../support/editor-page.js';
import { floodFlow } from '../support/flood.js';
import { NodeRedProcess } from '../support/node-red-process.js';
import { until } from '../support/wait.js';

interface Answer {
  rows: { row: number; at: number }[];
  passed: number;
  sampled: number;
}

/** Events that are let out in a second; how many get through depends on the machine, the bound does not. */
const FLOOD = 10_000;
const ENOUGH = 20_000;
/** The clock that counts and the one that is shown may begin a tenth of a second apart. */
const [TENTHS, EDGES] = [10, 2];

describe('the live section while events come in a flood (Chromium)', function () {
  this.timeout(180_000);
  let nodeRed: NodeRedProcess | undefined;
  let editor: EditorPage | undefined;
  const answers: Answer[] = [];

  before(async () => {
    nodeRed = await NodeRedProcess.start({ flows: floodFlow(FLOOD) });
    editor = await EditorPage.open(nodeRed.url);
    editor.page.on('response', (response) => {
      if (!response.url().includes('/gridwire/live?')) return;
      response.json().then(
        (answer: Answer) => answers.push(answer),
        // The page has gone.
        () => undefined,
      );
    });
  });
  after(async () => {
    await editor?.close();
    await nodeRed?.stop();
  });

  it(`gets at most ${ROWS_A_SECOND} rows a second, of all of the time, and shows a page of them`, async () => {
    await editor!.show('live');
    await until(
      `${ENOUGH} events have passed`,
      () => {
        const { passed = 0, sampled = 0 } = answers.at(-1) ?? {};
        return passed >= ENOUGH && sampled >= 3 * ROWS_A_SECOND;
      },
      60_000,
    );
    const rows = answers.flatMap((answer) => answer.rows);
    assert.deepEqual(
      rows.map(({ row }) => row),
      rows.map((_row, index) => (rows[0]?.row ?? 0) + index),
      'none comes twice, and none is left out',
    );
    for (const [index, { at }] of rows.entries()) {
      const within = rows.slice(index).filter((other) => other.at - at < 1_000).length;
      const most = (ROWS_A_SECOND / TENTHS) * (TENTHS + EDGES);
      assert.ok(within <= most, `${within} rows within a second`);
    }
    const span = (rows.at(-1)!.at - rows[0]!.at) / 1_000;
    assert.ok(rows.length <= ROWS_A_SECOND * (span + EDGES / TENTHS), `${rows.length} rows in ${span} s`);
    const shown = editor!.page.getByRole('tabpanel', { name: 'Live' }).getByRole('listitem');
    assert.ok((await shown.count()) <= 150);
    assert.deepEqual(editor!.errors, []);
  });

  it('goes on doing what a person wants: a filter, a pause', async () => {
    const live = editor!.page.getByRole('tabpanel', { name: 'Live' });
    const topic = live.getByLabel('Topic');
    await topic.fill('INV-777');
    await topic.press('Enter');
    const others = live.getByRole('listitem').filter({ hasNotText: 'INV-777' });
    await others.first().waitFor({ state: 'detached' });
    await live.getByRole('listitem').filter({ hasText: 'INV-777' }).first().waitFor();
    assert.equal(await others.count(), 0);
    await live.getByRole('button', { name: 'Pause' }).click();
    assert.deepEqual(editor!.errors, []);
  });
});
