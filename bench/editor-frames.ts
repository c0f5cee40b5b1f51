import { EditorPage } from '../test/support/editor-page.js';
import { floodFlow } from '../test/support/flood.js';
import { NodeRedProcess } from '../test/support/node-red-process.js';
import type { Run } from './harness.js';

/** Milliseconds that are measured, after some in which the page comes to rest. */
const MEASURED = 10_000;
const [WARM_UP, PERCENTILE] = [2_000, 0.95];

interface Answer {
  rows: object[];
  passed: number;
}

/** Times of frames, as the page gets them. */
const FRAMES = `new Promise((resolve) => {
  const times = [];
  const take = (time) => {
    times.push(time);
    if (time - times[0] < ${MEASURED}) requestAnimationFrame(take);
    else resolve(times);
  };
  requestAnimationFrame(take);
})`;

/** What the editor draws while the live section is open and so many events a second are let out. */
export async function chromiumPage(perSecond: number): Promise<Run> {
  const nodeRed = await NodeRedProcess.start({ flows: floodFlow(perSecond) });
  try {
    const editor = await EditorPage.open(nodeRed.url);
    try {
      return await measured(editor);
    } finally {
      await editor.close();
    }
  } finally {
    await nodeRed.stop();
  }
}

async function measured(editor: EditorPage): Promise<Run> {
  const answers: { at: number; answer: Answer }[] = [];
  editor.page.on('response', (response) => {
    if (!response.url().includes('/gridwire/live?')) return;
    response.json().then(
      (answer: Answer) => answers.push({ at: performance.now(), answer }),
      () => undefined,
    );
  });
  await editor.show('live');
  await editor.page.waitForTimeout(WARM_UP);
  const from = answers.length;
  const times = await editor.evaluate<number[]>(FRAMES);
  const span = (times.at(-1)! - times[0]!) / 1_000;
  const gaps = times.slice(1).map((time, index) => time - times[index]!);
  const [first, last] = [answers[from], answers.at(-1)];
  if (first === undefined || last === undefined) throw new Error('The live section has asked for nothing.');
  const seconds = (last.at - first.at) / 1_000;
  const rows = answers.slice(from + 1).reduce((total, { answer }) => total + answer.rows.length, 0);
  return {
    rate: gaps.length / span,
    figures: {
      'p95 frame': gaps.sort((one, other) => one - other)[Math.floor(gaps.length * PERCENTILE)] ?? NaN,
      rows: rows / seconds,
      // Each passes twice: out of publish, and into subscribe.
      events: (last.answer.passed - first.answer.passed) / seconds / 2,
    },
  };
}
