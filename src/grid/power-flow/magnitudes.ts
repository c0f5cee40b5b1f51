/* eslint-disable @typescript-eslint/no-non-null-assertion -- a kernel: every index comes from the symbolic analysis */
import type { PowerEquations } from './power-equations.js';

/**
 * The size of what adds up to each equation: its mismatch cannot be known better than this times the
 * precision of a number.
 */
export function magnitudes(equations: PowerEquations): Float64Array {
  const { vm, selfG, selfB, slackCurrent, pairs, pairPower, pScheduled, qScheduled } = equations;
  const into = new Float64Array(2 * vm.length);
  for (let place = 0; place < vm.length; place++) {
    const own =
      vm[place]! * vm[place]! * Math.hypot(selfG[place]!, selfB[place]!) +
      vm[place]! * Math.hypot(slackCurrent[2 * place]!, slackCurrent[2 * place + 1]!);
    into[2 * place] = own + Math.abs(pScheduled[place]!);
    into[2 * place + 1] = own + Math.abs(qScheduled[place]!);
  }
  for (let pair = 0, at = 0; at < pairPower.length; pair += 3, at += 4) {
    for (const [end, offset] of [
      [pairs[pair]!, at],
      [pairs[pair + 1]!, at + 2],
    ] as const) {
      const power = Math.hypot(pairPower[offset]!, pairPower[offset + 1]!);
      into[2 * end]! += power;
      into[2 * end + 1]! += power;
    }
  }
  return into;
}
