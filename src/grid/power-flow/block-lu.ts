/* eslint-disable @typescript-eslint/no-non-null-assertion -- a kernel: every index comes from the symbolic analysis */
import type { Symbolic } from './symbolic.js';

/** A pivot block whose determinant is this much smaller than its products has lost all its digits. */
const SINGULAR = 1e-13;

/**
 * Factorises the block matrix in place, without pivoting, and carries the right-hand side along: afterwards `rhs`
 * holds the forward-substituted vector. Leaves inverted pivots on the diagonal and the multipliers below it.
 *
 * @param values the blocks, laid out as `symbolic` says; fill-in blocks zero
 * @param rhs two numbers per place of the elimination order
 * @returns the place whose pivot block is singular or not a number, or -1
 */
export function factorise(symbolic: Symbolic, values: Float64Array, rhs: Float64Array): number {
  const { size, start, pattern, targets } = symbolic;
  let target = 0;
  for (let k = 0; k < size; k++) {
    const d = 4 * k;
    const d0 = values[d]!;
    const d1 = values[d + 1]!;
    const d2 = values[d + 2]!;
    const d3 = values[d + 3]!;
    const determinant = d0 * d3 - d1 * d2;
    if (!(Math.abs(determinant) > SINGULAR * (Math.abs(d0 * d3) + Math.abs(d1 * d2)))) return k;
    const inverse = 1 / determinant;
    const i0 = d3 * inverse;
    const i1 = -d1 * inverse;
    const i2 = -d2 * inverse;
    const i3 = d0 * inverse;
    values[d] = i0;
    values[d + 1] = i1;
    values[d + 2] = i2;
    values[d + 3] = i3;
    const r0 = rhs[2 * k]!;
    const r1 = rhs[2 * k + 1]!;
    const first = start[k]!;
    const last = start[k + 1]!;
    const firstUpper = 4 * (size + 2 * first);
    const lastUpper = 4 * (size + 2 * last);
    for (let entry = first, lower = firstUpper + 4; entry < last; entry++, lower += 8) {
      const l0 = values[lower]!;
      const l1 = values[lower + 1]!;
      const l2 = values[lower + 2]!;
      const l3 = values[lower + 3]!;
      const m0 = l0 * i0 + l1 * i2;
      const m1 = l0 * i1 + l1 * i3;
      const m2 = l2 * i0 + l3 * i2;
      const m3 = l2 * i1 + l3 * i3;
      values[lower] = m0;
      values[lower + 1] = m1;
      values[lower + 2] = m2;
      values[lower + 3] = m3;
      const row = 2 * pattern[entry]!;
      rhs[row]! -= m0 * r0 + m1 * r1;
      rhs[row + 1]! -= m2 * r0 + m3 * r1;
      for (let upper = firstUpper; upper < lastUpper; upper += 8) {
        const u0 = values[upper]!;
        const u1 = values[upper + 1]!;
        const u2 = values[upper + 2]!;
        const u3 = values[upper + 3]!;
        const t = targets[target++]!;
        values[t]! -= m0 * u0 + m1 * u2;
        values[t + 1]! -= m0 * u1 + m1 * u3;
        values[t + 2]! -= m2 * u0 + m3 * u2;
        values[t + 3]! -= m2 * u1 + m3 * u3;
      }
    }
  }
  return -1;
}

/** Forward substitution with factors that were kept from an earlier matrix. */
export function substituteForward(symbolic: Symbolic, values: Float64Array, rhs: Float64Array): void {
  const { size, start, pattern } = symbolic;
  for (let k = 0; k < size; k++) {
    const r0 = rhs[2 * k]!;
    const r1 = rhs[2 * k + 1]!;
    for (let entry = start[k]!; entry < start[k + 1]!; entry++) {
      const lower = 4 * (size + 2 * entry + 1);
      const row = 2 * pattern[entry]!;
      rhs[row]! -= values[lower]! * r0 + values[lower + 1]! * r1;
      rhs[row + 1]! -= values[lower + 2]! * r0 + values[lower + 3]! * r1;
    }
  }
}

/** Back substitution: turns the forward-substituted vector into the solution, in place. */
export function substituteBack(symbolic: Symbolic, values: Float64Array, rhs: Float64Array): void {
  const { size, start, pattern } = symbolic;
  for (let k = size - 1; k >= 0; k--) {
    let r0 = rhs[2 * k]!;
    let r1 = rhs[2 * k + 1]!;
    for (let entry = start[k]!; entry < start[k + 1]!; entry++) {
      const upper = 4 * (size + 2 * entry);
      const column = 2 * pattern[entry]!;
      const x0 = rhs[column]!;
      const x1 = rhs[column + 1]!;
      r0 -= values[upper]! * x0 + values[upper + 1]! * x1;
      r1 -= values[upper + 2]! * x0 + values[upper + 3]! * x1;
    }
    const d = 4 * k;
    rhs[2 * k] = values[d]! * r0 + values[d + 1]! * r1;
    rhs[2 * k + 1] = values[d + 2]! * r0 + values[d + 3]! * r1;
  }
}
