import { performance } from 'node:perf_hooks';
import type { EventStore } from '../event-store.js';

const PROBES = 5;
const NAME = 'gridwire:commit-probe';

/** Writes a small row a few times, each in a commit of its own. @returns the median time of a commit, milliseconds */
export async function measureCommit({ replayCursors }: Pick<EventStore, 'replayCursors'>): Promise<number> {
  const times: number[] = [];
  for (let probe = 0; probe < PROBES; probe += 1) {
    const start = performance.now();
    await replayCursors.put({
      name: NAME,
      position: probe,
      done: 0,
      total: 0,
      plan: {},
      updatedAt: Date.now(),
    });
    times.push(performance.now() - start);
  }
  await replayCursors.remove(NAME);
  return times.sort((a, b) => a - b)[PROBES >> 1] ?? 0;
}
