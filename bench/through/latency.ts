import { setTimeout as delay } from 'node:timers/promises';
import { ThroughPath } from './path.js';
import type { ThroughSystem } from './flows.js';

export interface LatencyResult {
  /** Messages a second that were sent. */
  sent: number;
  /** Milliseconds from the sending of a message to its arrival. */
  p50: number;
  p99: number;
}

const WARM_UP = 20_000;
const MEASURED = 20_000;
/** Messages are sent one by one at the rate, as far as a timer can: what is due is sent at each of its turns. */
const TICK_MS = 1;
const QUIET_MS = 1_000;

/**
 * What messages need through a path that is not sent more than it takes.
 * @param rateOf messages a second to be sent, of the peak of this path
 */
export async function latency(
  start: ThroughSystem,
  seconds: number,
  rateOf: (peak: number) => number,
): Promise<LatencyResult> {
  const path = await ThroughPath.start(start);
  try {
    await path.inStep(WARM_UP);
    const begin = performance.now();
    await path.inStep(MEASURED);
    const rate = rateOf((MEASURED * 1000) / (performance.now() - begin));
    await quiet(path);
    return await paced(path, rate, seconds);
  } finally {
    await path.stop();
  }
}

/** Until nothing comes out any more; what was sent before the path had subscribed never does. */
async function quiet(path: ThroughPath): Promise<void> {
  for (let before = -1; before !== path.arrived;) {
    before = path.arrived;
    await delay(QUIET_MS);
  }
}

async function paced(path: ThroughPath, rate: number, seconds: number): Promise<LatencyResult> {
  const first = path.sender.sent;
  const sentAt: number[] = [];
  const took: number[] = [];
  // One connection, one topic and one sender: they arrive in the order in which they were sent.
  path.onArrival = () => {
    took.push(performance.now() - sentAt[took.length]!);
  };
  const start = performance.now();
  for (let elapsed = 0; elapsed < seconds; elapsed = (performance.now() - start) / 1000) {
    const due = Math.floor(elapsed * rate) - (path.sender.sent - first);
    for (let count = 0; count < due; count += 1) sentAt.push(performance.now());
    path.sender.send(Math.max(0, due));
    await delay(TICK_MS);
  }
  while (took.length < sentAt.length) await delay(TICK_MS);
  took.sort((one, other) => one - other);
  const part = (share: number) => took[Math.floor(share * (took.length - 1))] ?? NaN;
  return { sent: sentAt.length / seconds, p50: part(0.5), p99: part(0.99) };
}
