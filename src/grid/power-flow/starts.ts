/* eslint-disable @typescript-eslint/no-non-null-assertion -- a kernel: every index comes from the network's arrays */
import { PQ, PV, SLACK, type PerUnitNetwork } from '../network/per-unit-network.js';
import { factorise, substituteBack } from './block-lu.js';
import type { Start } from './outcome.js';
import { blockOffset, type Symbolic } from './symbolic.js';

/** A branch in the linear power flow: its flow is b (angle from - angle to - shift). */
interface LinearBranch {
  from: number;
  to: number;
  b: number;
  shift: number;
  /** Magnitude at its `from` end over that at the other, without load. */
  ratio: number;
}

interface Voltages {
  magnitudes: Float64Array;
  angles: Float64Array;
}

/** Reactances that are a smaller part of the impedance than this say nothing about angles: the impedance counts. */
const MOSTLY_RESISTIVE = 0.05;

/** Magnitudes outside this band are no solution of a power system that somebody runs. */
const PLAUSIBLE_PU: readonly [number, number] = [0.4, 1.8];

/** A start that is voltages and nothing else. */
export type Profile = Exclude<Start, 'auto' | 'warm'>;

/** Voltages to begin from, by node. The linear power flow shares the ordering of the Newton iteration. */
export class StartVoltages {
  private made: LinearBranch[] | undefined;
  private aside: ReadonlySet<number> = new Set();
  private readonly placeOfNode: Int32Array;
  private flatAngles: Float64Array | undefined;

  constructor(
    private readonly grid: PerUnitNetwork,
    private readonly symbolic: Symbolic,
    private readonly nodeOf: Int32Array,
  ) {
    this.placeOfNode = new Int32Array(grid.nodeCount).fill(-1);
    nodeOf.forEach((node, place) => (this.placeOfNode[node] = place));
  }

  /**
   * Takes notice of branches that were taken out or put back: without them angles and magnitudes are others.
   *
   * @param aside places without supply
   */
  networkChanged(aside: Iterable<number>): void {
    this.aside = new Set(aside);
    this.made = undefined;
    this.flatAngles = undefined;
  }

  private get branches(): LinearBranch[] {
    this.made ??= linearBranches(this.grid);
    return this.made;
  }

  /** True when the network carries voltages that look like a solution. */
  get hasCase(): boolean {
    const { vmCase, vaCase } = this.grid;
    return this.nodeOf.every((node) => {
      // A held magnitude starts where it is held, whatever the file says.
      const vm = this.grid.kind[node] === PV ? 1 : vmCase[node]!;
      return vm >= PLAUSIBLE_PU[0] && vm <= PLAUSIBLE_PU[1] && Number.isFinite(vaCase[node]!);
    });
  }

  /** Fills magnitudes and angles of all nodes; held magnitudes are those of the network. */
  fill(start: Profile, vm: Float64Array, va: Float64Array): void {
    const { grid } = this;
    const { magnitudes, angles } = this.voltages(start);
    for (let node = 0; node < grid.nodeCount; node++) {
      const supplied = grid.slackOf[node]! >= 0;
      const held = grid.kind[node] !== PQ;
      vm[node] = supplied ? (held ? grid.vmSet[node]! : magnitudes[node]!) : NaN;
      va[node] = grid.kind[node] === SLACK ? grid.vaSet[node]! : supplied ? angles[node]! : NaN;
    }
  }

  private voltages(start: Profile): Voltages {
    const { grid } = this;
    if (start === 'case') return { magnitudes: grid.vmCase, angles: grid.vaCase };
    if (start === 'flat') {
      this.flatAngles ??= this.isLevel() ? this.level() : this.voltages('gradual').angles;
      return { magnitudes: grid.vmSet, angles: this.flatAngles };
    }
    const level = { magnitudes: grid.vmSet, angles: this.level() };
    if (start === 'level') return level;
    return this.linear(start === 'dc') ?? level;
  }

  /** Every node at the angle of a source of its island. */
  private level(): Float64Array {
    return this.grid.vaSet.map((_, node) => this.grid.vaSet[this.grid.slackOf[node]!] ?? 0);
  }

  private isLevel(): boolean {
    const level = this.level();
    return (
      this.branches.every(({ shift }) => shift === 0) &&
      level.every((angle, node) => this.grid.kind[node] !== SLACK || angle === this.grid.vaSet[node])
    );
  }

  /**
   * Angles of the linear power flow, with the scheduled powers or without load. Without load a radial network gets
   * exactly the turns of its transformers, and a mesh whose turns do not cancel the angles that its impedances share.
   * Magnitudes likewise: between those that are held they follow the ratios of the transformers, so that no short
   * branch begins with a large difference across it.
   */
  private linear(loaded: boolean): Voltages | undefined {
    const { grid, symbolic, nodeOf, placeOfNode } = this;
    const values = new Float64Array(symbolic.valueCount);
    const rhs = new Float64Array(2 * symbolic.size);
    for (let place = 0; place < symbolic.size; place++) {
      const node = nodeOf[place]!;
      if (this.aside.has(place)) {
        values[4 * place] = 1;
        values[4 * place + 3] = 1;
        continue;
      }
      if (grid.kind[node] !== PQ) {
        values[4 * place + 3] = 1;
        rhs[2 * place + 1] = grid.vmSet[node]!;
      }
      const scheduled = grid.p[node]! + grid.currentPart[2 * node]! + grid.impedancePart[2 * node]!;
      if (loaded) rhs[2 * place] = scheduled - grid.shuntG[node]!;
    }
    for (const { from, to, b, shift, ratio } of this.branches) {
      const [first, second] = [placeOfNode[from]!, placeOfNode[to]!];
      for (const [place, node, other, otherNode, turn, scale] of [
        [first, from, second, to, shift, 1 / ratio],
        [second, to, first, from, -shift, ratio],
      ] as const) {
        if (place < 0 || this.aside.has(place)) continue;
        const free = grid.kind[node] === PQ;
        values[4 * place]! += b;
        if (free) values[4 * place + 3]! += b * scale;
        rhs[2 * place]! += b * turn;
        if (other < 0) {
          rhs[2 * place]! += b * grid.vaSet[otherNode]!;
          if (free) rhs[2 * place + 1]! += b * grid.vmSet[otherNode]!;
          continue;
        }
        const block = blockOffset(symbolic, place, other);
        values[block]! -= b;
        if (free) values[block + 3]! -= b;
      }
    }
    if (factorise(symbolic, values, rhs) >= 0) return undefined;
    substituteBack(symbolic, values, rhs);
    const angles = this.level();
    const magnitudes = Float64Array.from(grid.vmSet);
    for (let place = 0; place < symbolic.size; place++) {
      angles[nodeOf[place]!] = rhs[2 * place]!;
      const magnitude = rhs[2 * place + 1]!;
      if (magnitude > PLAUSIBLE_PU[0] && magnitude < PLAUSIBLE_PU[1]) magnitudes[nodeOf[place]!] = magnitude;
    }
    return angles.every(Number.isFinite) ? { magnitudes, angles } : undefined;
  }
}

function linearBranches(grid: PerUnitNetwork): LinearBranch[] {
  const branches: LinearBranch[] = [];
  grid.branchFrom.forEach((from, branch) => {
    const to = grid.branchTo[branch]!;
    if (from < 0 || from === to || grid.slackOf[from]! < 0) return;
    const shift = grid.shift[branch]!;
    const g = -grid.twoPorts[8 * branch + 2]!;
    const b = -grid.twoPorts[8 * branch + 3]!;
    // The series admittance over the ratio, turned back by the shift; its impedance is 1 / y.
    const real = g * Math.cos(shift) + b * Math.sin(shift);
    const imaginary = b * Math.cos(shift) - g * Math.sin(shift);
    const size = Math.hypot(real, imaginary);
    if (!(size > 0)) return;
    const resistive = Math.abs(imaginary) < MOSTLY_RESISTIVE * size;
    const [own, far] = [
      Math.hypot(grid.twoPorts[8 * branch]!, grid.twoPorts[8 * branch + 1]!),
      Math.hypot(grid.twoPorts[8 * branch + 6]!, grid.twoPorts[8 * branch + 7]!),
    ];
    const ratio = own > 0 && far > 0 ? Math.sqrt(far / own) : 1;
    branches.push({ from, to, shift, ratio, b: resistive ? size : -(size * size) / imaginary });
  });
  return branches;
}
