import type { Machines } from './machines/machines.js';
import { type Action, type Failure, run, type Schedule } from './schedule.js';

/** Runs that a shrinking may take. */
const MOST_RUNS = 400;

/**
 * The shortest schedule that can be found, by leaving actions out, in which the same promise does not hold: a short story
 * is read, a long one is not.
 */
export async function shrink(
  schedule: Schedule,
  failure: Failure,
  machines: Machines,
): Promise<{ schedule: Schedule; failure: Failure }> {
  let best = { schedule, failure };
  let runs = 0;
  for (let size = Math.ceil(schedule.actions.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < best.schedule.actions.length && runs < MOST_RUNS; runs += 1) {
      const shorter = { ...schedule, actions: without(best.schedule.actions, from, size) };
      const found = await run(shorter, machines);
      if (found?.rule === failure.rule) best = { schedule: shorter, failure: found };
      else from += size;
    }
  }
  return best;
}

function without(actions: readonly Action[], from: number, count: number): Action[] {
  return [...actions.slice(0, from), ...actions.slice(from + count)];
}
