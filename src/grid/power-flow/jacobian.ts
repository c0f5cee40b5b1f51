/* eslint-disable @typescript-eslint/no-non-null-assertion -- a kernel: every index comes from the symbolic analysis */
import type { PowerEquations } from './power-equations.js';

/** Writes the Jacobian at the voltage of the last `mismatch` into the blocks of the factorisation. */
export function jacobian(equations: PowerEquations, values: Float64Array): void {
  const { free, pairs, pairPower } = equations;
  values.fill(0);
  diagonalOf(equations, values);
  for (let pair = 0, at = 0; at < pairPower.length; pair += 3, at += 4) {
    const free1 = free[pairs[pair]!]!;
    const free2 = free[pairs[pair + 1]!]!;
    const both = free1 * free2;
    const block = pairs[pair + 2]!;
    const p12 = pairPower[at]!;
    const q12 = pairPower[at + 1]!;
    const p21 = pairPower[at + 2]!;
    const q21 = pairPower[at + 3]!;
    values[block] = q12;
    values[block + 1] = p12 * free2;
    values[block + 2] = -p12 * free1;
    values[block + 3] = q12 * both;
    values[block + 4] = q21;
    values[block + 5] = p21 * free1;
    values[block + 6] = -p21 * free2;
    values[block + 7] = q21 * both;
  }
}

/** The blocks of the Jacobian's diagonal. */
function diagonalOf(equations: PowerEquations, values: Float64Array): void {
  const { p, q, vm, selfG, selfB, free } = equations;
  for (let place = 0; place < p.length; place++) {
    const squared = vm[place]! * vm[place]!;
    const conductance = squared * selfG[place]!;
    const susceptance = squared * selfB[place]!;
    const block = 4 * place;
    values[block] = -q[place]! - susceptance;
    if (free[place]! === 0) {
      values[block + 3] = 1;
      continue;
    }
    values[block + 1] = p[place]! + conductance;
    values[block + 2] = p[place]! - conductance;
    values[block + 3] = q[place]! - susceptance;
  }
  if (equations.grid.voltageDependent) addSlopes(equations, values);
  for (const place of equations.aside) values.set([1, 0, 0, 1], 4 * place);
}

/** The Jacobian at the voltage of the last `mismatch` times a step, straight from the powers. */
export function product(equations: PowerEquations, step: Float64Array, into: Float64Array): void {
  const diagonal = new Float64Array(4 * equations.vm.length);
  diagonalOf(equations, diagonal);
  const { free, pairs, pairPower } = equations;
  for (let place = 0; place < free.length; place++) {
    const [turn, stretch] = [step[2 * place]!, step[2 * place + 1]!];
    into[2 * place] = diagonal[4 * place]! * turn + diagonal[4 * place + 1]! * stretch;
    into[2 * place + 1] = diagonal[4 * place + 2]! * turn + diagonal[4 * place + 3]! * stretch;
  }
  for (let pair = 0, at = 0; at < pairPower.length; pair += 3, at += 4) {
    for (const [here, there, p, q] of [
      [pairs[pair]!, pairs[pair + 1]!, pairPower[at]!, pairPower[at + 1]!],
      [pairs[pair + 1]!, pairs[pair]!, pairPower[at + 2]!, pairPower[at + 3]!],
    ] as const) {
      const [turn, stretch] = [step[2 * there]!, step[2 * there + 1]!];
      into[2 * here]! += q * turn + p * stretch;
      if (free[here] !== 0) into[2 * here + 1]! += q * stretch - p * turn;
    }
  }
}

/** What a scheduled power that follows the voltage takes off the Jacobian's diagonal. */
function addSlopes(equations: PowerEquations, values: Float64Array): void {
  const { vm, free, current, impedance } = equations;
  for (let place = 0; place < vm.length; place++) {
    if (free[place]! === 0) continue;
    const v = vm[place]!;
    values[4 * place + 1]! -= v * (current[2 * place]! + 2 * v * impedance[2 * place]!);
    values[4 * place + 3]! -= v * (current[2 * place + 1]! + 2 * v * impedance[2 * place + 1]!);
  }
}
