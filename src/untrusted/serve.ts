import { Worker } from 'node:worker_threads';
import { BOUNDS } from '../bounds.js';
import { GridwireError, toGridwireError } from '../errors.js';
import { own } from '../own.js';
import { answerText } from './answer.js';
import type { Reply } from './child.js';

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
export function serve<Job>(handle: (job: Job) => unknown): void {
  const limit = Number(process.argv[2]) * 2;
  const watchdog = new Worker(WATCHDOG, { eval: true });
  watchdog.unref();
  process.on('disconnect', () => process.exit());
  process.on('message', (job: Job) => {
    watchdog.postMessage(limit);
    const answered = answerTo(job, handle).then((reply) => {
      watchdog.postMessage(0);
      send(reply);
    });
    // A process that cannot answer is of no use; its parent hears that it ended.
    own(answered, () => process.exit(1));
  });
  send('ready');
}

async function answerTo<Job>(job: Job, handle: (job: Job) => unknown): Promise<Reply> {
  try {
    const answer = answerText(await handle(job));
    if ((answer?.length ?? 0) <= BOUNDS.untrustedAnswer) return { answer };
    const text = `The result has more than ${BOUNDS.untrustedAnswer} characters.`;
    throw new GridwireError('BODY_TOO_LARGE', text);
  } catch (thrown) {
    const { code, message, details } = toGridwireError(thrown, 'FLOW_FAILED');
    return { code, message, details };
  }
}

function send(reply: Reply): void {
  process.send?.(reply);
}
