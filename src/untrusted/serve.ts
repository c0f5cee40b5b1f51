import { Worker } from 'node:worker_threads';
import { BOUNDS } from '../bounds.js';
import { GridwireError, toGridwireError } from '../errors.js';
import { own } from '../own.js';
import { answerText } from './answer.js';
import type { Limits, Progress, Reply } from './child.js';

/** Kills the process if a job outlives its parent's patience: a parent that was killed cannot do it any more. */
const WATCHDOG = `
  const { parentPort } = require('node:worker_threads');
  let timer;
  parentPort.on('message', (milliseconds) => {
    clearTimeout(timer);
    if (milliseconds > 0) timer = setTimeout(() => process.kill(process.pid, 'SIGKILL'), milliseconds);
  });
`;

/** The other side of `Child`: answers each job that the parent sends, and ends with it. */
export function serve<Job>(handle: (job: Job, progress: Progress) => unknown): void {
  const limits = JSON.parse(process.argv[2] ?? '') as Limits;
  const watchdog = new Worker(WATCHDOG, { eval: true });
  watchdog.unref();
  process.on('disconnect', () => process.exit());
  process.on('message', (job: Job) => {
    watchdog.postMessage(2 * limits.milliseconds);
    const answered = answerTo(job, handle, limits.characters).then((reply) => {
      watchdog.postMessage(0);
      send(reply);
    });
    // A process that cannot answer is of no use; its parent hears that it ended.
    own(answered, () => process.exit(1));
  });
  send('ready');
}

async function answerTo<Job>(
  job: Job,
  handle: (job: Job, progress: Progress) => unknown,
  bound: number = BOUNDS.untrustedAnswer,
): Promise<Reply> {
  try {
    const answer = answerText(await handle(job, (done, total) => send({ done, total })));
    if ((answer?.length ?? 0) <= bound) return { answer };
    const text = `The result has more than ${bound} characters.`;
    throw new GridwireError('BODY_TOO_LARGE', text);
  } catch (thrown) {
    const { code, message, details } = toGridwireError(thrown, 'FLOW_FAILED');
    return { code, message, details };
  }
}

function send(reply: Reply): void {
  process.send?.(reply);
}
