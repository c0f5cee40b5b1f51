/* eslint-disable @typescript-eslint/no-non-null-assertion -- a kernel: every index comes from the network's arrays */
import type { NewtonIteration } from './newton-iteration.js';
import type { Outcome } from './outcome.js';
import type { PowerEquations } from './power-equations.js';

/** First part of all power that is tried, and the smallest by which it grows. */
const FIRST_PART = 0.25;
const SMALLEST_PART = 0.004;

/**
 * Follows the solution from no power at all to the whole schedule, each from the one before. Slow, but it leads to
 * the solution that a network runs at where Newton's way from a flat start leads astray.
 *
 * @param load takes a part of the schedules over into the equations, which stand at a flat start
 * @param isUsual whether voltages are those of a network that runs
 * @returns undefined where the way ends before the whole schedule
 */
export function followLoad(
  equations: PowerEquations,
  iteration: NewtonIteration,
  load: (part: number) => void,
  isUsual: () => boolean,
): Outcome | undefined {
  const outcome = follow(equations, iteration, load, isUsual);
  if (outcome === undefined) load(1);
  return outcome;
}

function follow(
  equations: PowerEquations,
  iteration: NewtonIteration,
  load: (part: number) => void,
  isUsual: () => boolean,
): Outcome | undefined {
  let vm = new Float64Array(0);
  let va = vm;
  let reached = 0;
  let iterations = 0;
  const reaches = (part: number): Outcome | undefined => {
    load(part);
    const outcome = iteration.run(false, true);
    iterations += outcome.iterations;
    if (!outcome.converged || !isUsual()) return undefined;
    [reached, vm, va] = [part, equations.vm.slice(), equations.va.slice()];
    return { ...outcome, iterations };
  };
  if (reaches(0) === undefined) return undefined;
  for (let growth = FIRST_PART; growth >= SMALLEST_PART;) {
    const outcome = reaches(Math.min(1, reached + growth));
    if (outcome !== undefined) {
      if (reached === 1) return outcome;
      growth *= 2;
      continue;
    }
    growth /= 4;
    for (let place = 0; place < vm.length; place++) equations.place(place, vm[place]!, va[place]!);
  }
  return undefined;
}
