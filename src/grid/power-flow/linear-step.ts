/* eslint-disable @typescript-eslint/no-non-null-assertion -- a kernel: every index comes from the symbolic analysis */
import { factorise, substituteBack, substituteForward } from './block-lu.js';
import { jacobian, product } from './jacobian.js';
import { solvePivoting, type ColumnMatrix } from './pivoting-lu.js';
import type { PowerEquations } from './power-equations.js';

/** Part of the right-hand side that a solution may leave over; more, and the factors have lost their digits. */
const TRUSTED_RESIDUAL = 1e-5;

/**
 * Solves for one Newton step. The block factorisation, which does not pivot, is the rule; where it meets a singular
 * block or leaves a residual, a factorisation with partial pivoting takes over.
 */
export class LinearStep {
  /** Whether `solveAgain` has factors to work with. */
  hasFactors = false;
  private readonly values: Float64Array;

  constructor(private readonly equations: PowerEquations) {
    this.values = new Float64Array(equations.symbolic.valueCount);
  }

  /**
   * Solves with the Jacobian at the present voltage.
   *
   * @param rhs the mismatch, replaced by the step
   * @returns the place at which the equations are singular, or -1
   */
  solve(rhs: Float64Array): number {
    const { equations, values } = this;
    jacobian(equations, values);
    this.hasFactors = factorise(equations.symbolic, values, rhs) < 0;
    if (this.hasFactors) {
      substituteBack(equations.symbolic, values, rhs);
      return -1;
    }
    // The elimination has spoilt the right-hand side: it is made anew.
    equations.mismatch(rhs);
    return this.solvePivoting(rhs);
  }

  /** Solves with the factors of the last `solve`, for a mismatch at another voltage. */
  solveAgain(rhs: Float64Array): void {
    substituteForward(this.equations.symbolic, this.values, rhs);
    substituteBack(this.equations.symbolic, this.values, rhs);
  }

  /**
   * Whether the determinant of the factorised Jacobian is negative. Along a path of solutions it changes its sign
   * where the voltage collapses: the low-voltage solutions lie behind that.
   */
  isReversed(): boolean {
    const { values } = this;
    const end = 4 * this.equations.symbolic.size;
    let reversed = false;
    for (let block = 0; block < end; block += 4) {
      const determinant = values[block]! * values[block + 3]! - values[block + 1]! * values[block + 2]!;
      if (determinant < 0) reversed = !reversed;
    }
    return reversed;
  }

  /** The same as `solve`, with partial pivoting. Keeps no factors. */
  solvePivoting(rhs: Float64Array): number {
    const { equations } = this;
    this.hasFactors = false;
    jacobian(equations, this.values);
    const column = solvePivoting(columns(equations, this.values), rhs);
    return column < 0 ? -1 : column >> 1;
  }

  /** True when a step solves its equations: called at the voltage that it starts from, with the mismatch there. */
  isTrusted(step: Float64Array, mismatch: Float64Array): boolean {
    const left = new Float64Array(step.length);
    product(this.equations, step, left);
    for (let at = 0; at < left.length; at++) left[at] = mismatch[at]! - left[at]!;
    return norm(left) <= TRUSTED_RESIDUAL * norm(mismatch);
  }
}

/** The blocks that are not fill-in, as a matrix by columns: two rows and columns per place. */
function columns(equations: PowerEquations, values: Float64Array): ColumnMatrix {
  const { pairs } = equations;
  const places = equations.vm.length;
  const blocks: [row: number, offset: number][][] = Array.from({ length: places }, (_, place) => [
    [place, 4 * place],
  ]);
  for (let pair = 0; pair < pairs.length; pair += 3) {
    const [first, second, offset] = [pairs[pair]!, pairs[pair + 1]!, pairs[pair + 2]!];
    blocks[second]!.push([first, offset]);
    blocks[first]!.push([second, offset + 4]);
  }
  const size = 2 * places;
  const start = new Int32Array(size + 1);
  const row: number[] = [];
  const value: number[] = [];
  for (let column = 0; column < size; column++) {
    for (const [place, offset] of blocks[column >> 1]!) {
      for (const half of [0, 1]) {
        const entry = values[offset + 2 * half + (column & 1)]!;
        if (entry === 0) continue;
        row.push(2 * place + half);
        value.push(entry);
      }
    }
    start[column + 1] = row.length;
  }
  return { size, start, row: Int32Array.from(row), value: Float64Array.from(value) };
}

function norm(values: Float64Array): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest;
}
