/* eslint-disable @typescript-eslint/no-non-null-assertion -- a kernel: every index comes from the tree's order */
import { GridwireError } from '../../errors.js';
import { PQ, SLACK, type PerUnitNetwork } from '../network/per-unit-network.js';
import { scheduledAt } from '../network/injections.js';
import { nodeAdmittances, type Link } from './admittance.js';
import { HOPELESS_MISMATCH, type Failure, type Outcome, type Solver, type Start } from './outcome.js';

export interface SweepOptions {
  /** Largest power mismatch of a solution, per unit; default 1e-10 (it converges linearly and stops near the bound). */
  tolerancePu?: number;
  /** Default 200; about ten are usual, more near voltage collapse. */
  maximumIterations?: number;
}

/** True when every island is a tree and nothing but the sources holds a voltage. */
export function isRadial(grid: PerUnitNetwork): boolean {
  const slacks = grid.kind.filter((kind) => kind === SLACK).length;
  const plain = grid.kind.every((kind) => kind === PQ || kind === SLACK);
  const supplied = grid.slackOf.filter((slack) => slack >= 0).length;
  const links = nodeAdmittances(grid).links.filter((link) => grid.slackOf[link.first]! >= 0);
  return plain && links.length === supplied - slacks;
}

/**
 * Backward/forward sweep for radial networks: currents are gathered from the leaves to the source, then voltages
 * follow outwards. Shunts and transformers are exact, because each sweep solves the network's linear equations
 * along the tree for the currents of the last voltages.
 */
export class Sweep implements Solver {
  readonly vm: Float64Array;
  readonly va: Float64Array;
  /** Nodes from the sources outwards, and the place of each one's parent (-1 at a source). */
  private readonly order: number[] = [];
  private readonly parent: number[] = [];
  /** Per place: admittance to the parent (y from here, y back), and 1 / (own admittance with the subtree's). */
  private readonly branch: Float64Array;
  private readonly inverse: Float64Array;
  /** Per place: voltage, and current gathered so far. */
  private readonly voltage: Float64Array;
  private readonly current: Float64Array;
  private readonly tolerance: number;
  private readonly maximumIterations: number;
  private hasSolution = false;
  /** Node with the largest mismatch of the last sweep. */
  private worst = 0;

  /** @throws GridwireError GRID_SETTING_INVALID for a network with loops or voltage-holding generators */
  constructor(
    private readonly grid: PerUnitNetwork,
    options: SweepOptions = {},
  ) {
    if (!isRadial(grid)) {
      throw new GridwireError(
        'GRID_SETTING_INVALID',
        'The sweep solves radial networks with one source an island and without voltage-holding generators only; use Newton-Raphson for this one.',
      );
    }
    this.tolerance = options.tolerancePu ?? 1e-10;
    this.maximumIterations = options.maximumIterations ?? 200;
    this.vm = new Float64Array(grid.nodeCount).fill(NaN);
    this.va = new Float64Array(grid.nodeCount).fill(NaN);
    const { selfG, selfB, links } = nodeAdmittances(grid);
    const towardsParent = this.walk(links);
    const size = this.order.length;
    this.voltage = new Float64Array(2 * size);
    this.current = new Float64Array(2 * size);
    this.branch = new Float64Array(4 * size);
    towardsParent.forEach((link, place) => {
      if (link !== undefined) this.branch.set(seenFrom(link, this.order[place]!), 4 * place);
    });
    this.inverse = this.eliminate(selfG, selfB);
  }

  /** Breadth first from the sources; returns the link to the parent of each place. */
  private walk(links: Link[]): (Link | undefined)[] {
    const around = Array.from({ length: this.grid.nodeCount }, () => [] as Link[]);
    for (const link of links) {
      around[link.first]!.push(link);
      around[link.second]!.push(link);
    }
    const towardsParent: (Link | undefined)[] = [];
    const add = (node: number, parent: number, link?: Link): void => {
      this.order.push(node);
      this.parent.push(parent);
      towardsParent.push(link);
    };
    this.grid.kind.forEach((kind, node) => {
      if (kind === SLACK) add(node, -1);
    });
    for (let place = 0; place < this.order.length; place++) {
      const node = this.order[place]!;
      for (const link of around[node]!) {
        if (link !== towardsParent[place]) add(link.first === node ? link.second : link.first, place, link);
      }
    }
    return towardsParent;
  }

  /** From the leaves inwards: what each node's admittance becomes when its subtree is folded into it; inverted. */
  private eliminate(selfG: Float64Array, selfB: Float64Array): Float64Array {
    const folded = new Float64Array(2 * this.order.length);
    this.order.forEach((node, place) => folded.set([selfG[node]!, selfB[node]!], 2 * place));
    for (let place = this.order.length - 1; place >= 0; place--) {
      const g = folded[2 * place]!;
      const b = folded[2 * place + 1]!;
      const squared = g * g + b * b;
      const inverseReal = g / squared;
      const inverseImaginary = -b / squared;
      folded[2 * place] = inverseReal;
      folded[2 * place + 1] = inverseImaginary;
      const up = this.parent[place]!;
      if (up < 0) continue;
      const [g1 = 0, b1 = 0, g2 = 0, b2 = 0] = this.branch.subarray(4 * place, 4 * place + 4);
      const productReal = g1 * g2 - b1 * b2;
      const productImaginary = g1 * b2 + b1 * g2;
      folded[2 * up]! -= productReal * inverseReal - productImaginary * inverseImaginary;
      folded[2 * up + 1]! -= productReal * inverseImaginary + productImaginary * inverseReal;
    }
    return folded;
  }

  solve(start: Start = 'auto'): Outcome {
    if (this.order.length === 0) {
      return this.giveUp(0, NaN, { reason: 'island', nodes: [...this.grid.slackOf.keys()] });
    }
    this.startFrom(start === 'warm' && this.hasSolution);
    for (let iterations = 1; iterations <= this.maximumIterations; iterations++) {
      this.gatherCurrents();
      const mismatch = this.spreadVoltages();
      if (Number.isNaN(mismatch))
        return this.giveUp(iterations, mismatch, { reason: 'not-a-number', node: this.worst });
      if (mismatch <= this.tolerance) return this.accept(iterations, mismatch);
      if (mismatch > HOPELESS_MISMATCH)
        return this.giveUp(iterations, mismatch, { reason: 'diverged', node: this.worst });
    }
    return this.giveUp(this.maximumIterations, NaN, { reason: 'iteration-limit', node: this.worst });
  }

  /** From the last voltages, or from those without load: what the sources and transformers alone would give. */
  private startFrom(warm: boolean): void {
    const { grid, order, voltage } = this;
    for (let place = 0; place < order.length; place++) {
      const node = order[place]!;
      const keep = warm && grid.kind[node] !== SLACK;
      const magnitude = keep ? this.vm[node]! : grid.vmSet[node]!;
      const angle = keep ? this.va[node]! : grid.vaSet[node]!;
      voltage[2 * place] = magnitude * Math.cos(angle);
      voltage[2 * place + 1] = magnitude * Math.sin(angle);
    }
    if (warm) return;
    this.current.fill(0);
    this.spreadVoltages();
  }

  /** Inwards: I = conj(S / V) at each node, plus what its subtree passes on. */
  private gatherCurrents(): void {
    const { grid, order, parent, branch, inverse, voltage, current } = this;
    for (let place = 0; place < order.length; place++) {
      const node = order[place]!;
      const e = voltage[2 * place]!;
      const f = voltage[2 * place + 1]!;
      const squared = e * e + f * f;
      const { p, q } = grid.voltageDependent
        ? scheduledAt(grid, node, Math.sqrt(squared))
        : { p: grid.p[node]!, q: grid.q[node]! };
      current[2 * place] = (p * e + q * f) / squared;
      current[2 * place + 1] = (p * f - q * e) / squared;
    }
    for (let place = order.length - 1; place >= 0; place--) {
      const up = parent[place]!;
      if (up < 0) continue;
      const i0 = current[2 * place]!;
      const i1 = current[2 * place + 1]!;
      const d0 = inverse[2 * place]!;
      const d1 = inverse[2 * place + 1]!;
      const real = i0 * d0 - i1 * d1;
      const imaginary = i0 * d1 + i1 * d0;
      const g = branch[4 * place + 2]!;
      const b = branch[4 * place + 3]!;
      current[2 * up]! -= g * real - b * imaginary;
      current[2 * up + 1]! -= g * imaginary + b * real;
    }
  }

  /**
   * Outwards: V = (I - y V_parent) / folded admittance. Returns the largest power mismatch of the new voltages: the
   * currents were right for the old ones, so that it is |S| |dV| / |V|.
   */
  private spreadVoltages(): number {
    const { grid, order, parent, branch, inverse, voltage, current } = this;
    let largest = 0;
    let sum = 0;
    for (let place = 0; place < order.length; place++) {
      const up = parent[place]!;
      if (up < 0) continue;
      const node = order[place]!;
      const e = voltage[2 * up]!;
      const f = voltage[2 * up + 1]!;
      const g = branch[4 * place]!;
      const b = branch[4 * place + 1]!;
      const real = current[2 * place]! - (g * e - b * f);
      const imaginary = current[2 * place + 1]! - (g * f + b * e);
      const d0 = inverse[2 * place]!;
      const d1 = inverse[2 * place + 1]!;
      const newReal = real * d0 - imaginary * d1;
      const newImaginary = real * d1 + imaginary * d0;
      const oldReal = voltage[2 * place]!;
      const oldImaginary = voltage[2 * place + 1]!;
      const change = (newReal - oldReal) ** 2 + (newImaginary - oldImaginary) ** 2;
      const { p, q } = grid.voltageDependent
        ? scheduledAt(grid, node, Math.hypot(oldReal, oldImaginary))
        : { p: grid.p[node]!, q: grid.q[node]! };
      const power = p * p + q * q;
      const mismatch = (power * change) / (oldReal * oldReal + oldImaginary * oldImaginary);
      if (!(mismatch <= largest)) {
        largest = mismatch;
        this.worst = node;
      }
      sum += mismatch;
      voltage[2 * place] = newReal;
      voltage[2 * place + 1] = newImaginary;
    }
    return Number.isFinite(sum) ? Math.sqrt(largest) : NaN;
  }

  private accept(iterations: number, mismatchPu: number): Outcome {
    this.order.forEach((node, place) => {
      const e = this.voltage[2 * place]!;
      const f = this.voltage[2 * place + 1]!;
      this.vm[node] = Math.hypot(e, f);
      this.va[node] = Math.atan2(f, e);
    });
    this.hasSolution = true;
    return { converged: true, iterations, mismatchPu };
  }

  private giveUp(iterations: number, mismatchPu: number, failure: Failure): Outcome {
    this.hasSolution = false;
    return { converged: false, iterations, mismatchPu, failure };
  }
}

/** Admittances of a link seen from one of its nodes: towards the other, and back. */
function seenFrom({ first, g12, b12, g21, b21 }: Link, node: number): number[] {
  return node === first ? [g12, b12, g21, b21] : [g21, b21, g12, b12];
}
