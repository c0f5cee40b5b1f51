import { setTimeout as delay } from 'node:timers/promises';
import { residentMiB } from './process-usage.js';
import type { ThroughSystem } from './through/flows.js';
import { ThroughPath } from './through/path.js';

export interface OverloadResult {
  /** Messages per second, as many sent as came out. */
  peak: number;
  /** Messages per second that came out while twice the peak was sent, after the first fifth of the time. */
  held: number;
  sent: number;
  /** Resident memory of the system after the peak and at its highest under the overload, MiB. */
  before: number;
  most: number;
}

const WARM_UP = 20_000;
const MEASURED = 40_000;
const TICK_MS = 10;

/** Takes messages through a path, first as many as come out, then for so long twice as many. */
export async function overload(start: ThroughSystem, seconds: number): Promise<OverloadResult> {
  const path = await ThroughPath.start(start);
  const { sender, system } = path;
  try {
    await path.inStep(WARM_UP);
    const begin = performance.now();
    await path.inStep(MEASURED);
    const peak = (MEASURED * 1000) / (performance.now() - begin);

    const before = residentMiB(system.pid);
    const [begun, first] = [performance.now(), sender.sent];
    let [most, looked, from, fromAt] = [before, 0, 0, 0];
    for (let elapsed = 0; elapsed < seconds; elapsed = (performance.now() - begun) / 1000) {
      sender.send(Math.floor(elapsed * 2 * peak) - (sender.sent - first));
      if (fromAt === 0 && elapsed > seconds / 5) [from, fromAt] = [path.arrived, elapsed];
      if (elapsed - looked > 1) [most, looked] = [Math.max(most, residentMiB(system.pid)), elapsed];
      await delay(TICK_MS);
    }
    const held = (path.arrived - from) / ((performance.now() - begun) / 1000 - fromAt);
    return { peak, held, sent: sender.sent - first, before, most };
  } finally {
    await path.stop();
  }
}
