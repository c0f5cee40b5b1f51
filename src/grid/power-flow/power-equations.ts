/* eslint-disable @typescript-eslint/no-non-null-assertion -- a kernel: every index comes from the symbolic analysis */
import { PV, SLACK, type PerUnitNetwork } from '../network/per-unit-network.js';
import { asPair, nodeAdmittances } from './admittance.js';
import { analyse, blockOffset, type Symbolic } from './symbolic.js';

/** Up to this turn in radians the series below are exact to the last digit. */
const SMALL_TURN = 0.2;
const [C2, C4, C6, C8, C10] = [-1 / 2, 1 / 24, -1 / 720, 1 / 40_320, -1 / 3_628_800];
const [S3, S5, S7, S9, S11] = [-1 / 6, 1 / 120, -1 / 5040, 1 / 362_880, -1 / 39_916_800];

/**
 * The power-flow equations of one network, arranged in elimination order ("places").
 *
 * The unknowns of a place are its angle and its relative voltage change dV/V; with them every off-diagonal block is
 * [[q, p], [-p, q]] of one complex product, which also gives the powers. A PV node keeps its block with a dummy
 * second equation (dV = 0), so that a node may change between PV and PQ without a new analysis.
 */
export class PowerEquations {
  readonly symbolic: Symbolic;
  /** Node of each place. */
  readonly nodeOf: Int32Array;
  /** Voltage by place: magnitude, angle, and the same as real and imaginary part. */
  readonly vm: Float64Array;
  readonly va: Float64Array;
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
  /** 1 where the voltage is unknown (PQ), 0 where it is held (PV). */
  readonly free: Float64Array;
  readonly pScheduled: Float64Array;
  readonly qScheduled: Float64Array;
  /** Places without supply for the time being: they stand at no voltage, and their equations say nothing. */
  aside = new Int32Array(0);
  /** Sum of the squares of the last mismatch. */
  merit = 0;
  /** Injections at the present voltage. */
  readonly p: Float64Array;
  readonly q: Float64Array;

  readonly selfG: Float64Array;
  readonly selfB: Float64Array;
  /** Per place, p and q in turns: injections that follow the voltage, and its square. */
  readonly current: Float64Array;
  readonly impedance: Float64Array;
  /** Per pair of places, first < second: first, second, offset of the upper block (the lower one follows). */
  readonly pairs: Int32Array;
  /** Per pair: g12, b12, g21, b21. */
  readonly pairAdmittance: Float64Array;
  /** Per pair: power that flows from first towards second and back (p12, q12, p21, q21). */
  readonly pairPower: Float64Array;
  /** Links to slack nodes: place, node; and their admittances g, b. */
  readonly slackEnds: Int32Array;
  readonly slackAdmittance: Float64Array;
  /** Current that the slack nodes drive into each place. */
  readonly slackCurrent: Float64Array;

  constructor(readonly grid: PerUnitNetwork) {
    const { selfG, selfB, links } = nodeAdmittances(grid);
    const unknown: number[] = [];
    const indexOfNode = new Int32Array(grid.nodeCount).fill(-1);
    for (let node = 0; node < grid.nodeCount; node++) {
      if (grid.kind[node] !== SLACK && grid.slackOf[node]! >= 0) indexOfNode[node] = unknown.push(node) - 1;
    }
    const size = unknown.length;
    const inner = links.filter((link) => indexOfNode[link.first]! >= 0 && indexOfNode[link.second]! >= 0);
    this.symbolic = analyse(
      size,
      inner.map((link) => [indexOfNode[link.first]!, indexOfNode[link.second]!] as const),
    );
    this.nodeOf = this.symbolic.order.map((index) => unknown[index]!);
    const placeOfNode = new Int32Array(grid.nodeCount).fill(-1);
    this.nodeOf.forEach((node, place) => (placeOfNode[node] = place));

    this.selfG = Float64Array.from(this.nodeOf, (node) => selfG[node]!);
    this.selfB = Float64Array.from(this.nodeOf, (node) => selfB[node]!);
    const pairs = inner
      .map((link) => asPair(link, placeOfNode))
      .sort((a, b) => a.first - b.first || a.second - b.second);
    this.pairs = Int32Array.from(
      pairs.flatMap(({ first, second }) => [first, second, blockOffset(this.symbolic, first, second)]),
    );
    this.pairAdmittance = Float64Array.from(pairs.flatMap(({ g12, b12, g21, b21 }) => [g12, b12, g21, b21]));
    this.pairPower = new Float64Array(4 * pairs.length);
    const slackLinks = links
      .map((link) => asPair(link, placeOfNode))
      .filter(({ first, second }) => first < 0 && second >= 0);
    this.slackEnds = Int32Array.from(slackLinks.flatMap(({ second, slackNode }) => [second, slackNode]));
    this.slackAdmittance = Float64Array.from(slackLinks.flatMap(({ g21, b21 }) => [g21, b21]));
    this.slackCurrent = new Float64Array(2 * size);

    this.current = new Float64Array(2 * size);
    this.impedance = new Float64Array(2 * size);
    this.vm = new Float64Array(size);
    this.va = new Float64Array(size);
    this.real = new Float64Array(size);
    this.imaginary = new Float64Array(size);
    this.free = new Float64Array(size);
    this.pScheduled = new Float64Array(size);
    this.qScheduled = new Float64Array(size);
    this.p = new Float64Array(size);
    this.q = new Float64Array(size);
  }

  /**
   * Takes over schedules and slack voltages from the network's arrays.
   *
   * @param kind PQ, PV or SLACK per node
   * @param qScheduled reactive injection per node
   * @param part of all injections
   */
  load(kind: Uint8Array, qScheduled: Float64Array, part = 1): void {
    const { grid, nodeOf, slackCurrent, slackEnds, slackAdmittance } = this;
    for (let place = 0; place < nodeOf.length; place++) {
      const node = nodeOf[place]!;
      this.free[place] = kind[node] === PV ? 0 : 1;
      this.pScheduled[place] = part * grid.p[node]!;
      this.qScheduled[place] = part * qScheduled[node]!;
      if (!grid.voltageDependent) continue;
      this.current[2 * place] = part * grid.currentPart[2 * node]!;
      this.current[2 * place + 1] = part * grid.currentPart[2 * node + 1]!;
      this.impedance[2 * place] = part * grid.impedancePart[2 * node]!;
      this.impedance[2 * place + 1] = part * grid.impedancePart[2 * node + 1]!;
    }
    for (const place of this.aside) {
      this.pScheduled[place] = 0;
      this.qScheduled[place] = 0;
    }
    slackCurrent.fill(0);
    for (let link = 0; link < slackEnds.length; link += 2) {
      const place = slackEnds[link]!;
      const node = slackEnds[link + 1]!;
      const real = grid.vmSet[node]! * Math.cos(grid.vaSet[node]!);
      const imaginary = grid.vmSet[node]! * Math.sin(grid.vaSet[node]!);
      const g = slackAdmittance[link]!;
      const b = slackAdmittance[link + 1]!;
      slackCurrent[2 * place]! += g * real - b * imaginary;
      slackCurrent[2 * place + 1]! += g * imaginary + b * real;
    }
  }

  /** Sets nodes aside that lose their supply; the next `load` and the next start take notice of it. */
  setAside(nodes: Int32Array): void {
    if (nodes.length === 0 && this.aside.length === 0) return;
    const gone = new Set(nodes);
    this.aside = Int32Array.from(this.nodeOf.keys()).filter((place) => gone.has(this.nodeOf[place]!));
  }

  isAside(place: number): boolean {
    return this.aside.length > 0 && this.aside.includes(place);
  }

  /** Sets the voltage of a place: magnitude, and angle in radians. */
  place(place: number, magnitude: number, angle: number): void {
    this.vm[place] = magnitude;
    this.va[place] = angle;
    this.real[place] = magnitude * Math.cos(angle);
    this.imaginary[place] = magnitude * Math.sin(angle);
  }

  /** Takes the phasors anew from magnitudes and angles, which the moves have led apart by the rounding of each. */
  settle(): void {
    for (let place = 0; place < this.vm.length; place++) this.place(place, this.vm[place]!, this.va[place]!);
  }

  /** Moves every voltage by a part of a Newton step: turned by angles, stretched by relative changes. */
  move(step: Float64Array, part: number): void {
    const { vm, va, real, imaginary } = this;
    for (let place = 0; place < vm.length; place++) {
      const turn = part * step[2 * place]!;
      const stretch = 1 + part * step[2 * place + 1]!;
      let cosine: number;
      let sine: number;
      if (Math.abs(turn) < SMALL_TURN) {
        // Their series, to the last digit of numbers this small, for a fifth of the time.
        const x = turn * turn;
        cosine = 1 + x * (C2 + x * (C4 + x * (C6 + x * (C8 + x * C10))));
        sine = turn * (1 + x * (S3 + x * (S5 + x * (S7 + x * (S9 + x * S11)))));
      } else {
        cosine = Math.cos(turn);
        sine = Math.sin(turn);
      }
      const e = real[place]!;
      const f = imaginary[place]!;
      real[place] = stretch * (e * cosine - f * sine);
      imaginary[place] = stretch * (f * cosine + e * sine);
      // A magnitude below zero is the same phasor turned by half a circle.
      vm[place] = vm[place]! * Math.abs(stretch);
      va[place] = va[place]! + (stretch < 0 ? turn + Math.PI : turn);
    }
  }

  /** Works out the injections and writes scheduled minus present into `rhs`; returns the largest, NaN if any is. */
  mismatch(rhs: Float64Array): number {
    this.injections();
    const { p, q, vm, pScheduled, qScheduled, free, current, impedance } = this;
    const { voltageDependent } = this.grid;
    let largest = 0;
    let merit = 0;
    for (let place = 0; place < p.length; place++) {
      let dp = pScheduled[place]! - p[place]!;
      let dq = qScheduled[place]! - q[place]!;
      if (voltageDependent) {
        const v = vm[place]!;
        dp += v * (current[2 * place]! + v * impedance[2 * place]!);
        dq += v * (current[2 * place + 1]! + v * impedance[2 * place + 1]!);
      }
      if (free[place]! === 0) dq = 0;
      rhs[2 * place] = dp;
      rhs[2 * place + 1] = dq;
      largest = Math.max(largest, Math.abs(dp), Math.abs(dq));
      merit += dp * dp + dq * dq;
    }
    this.merit = merit;
    return Number.isFinite(merit) ? largest : NaN;
  }

  private injections(): void {
    const { real, imaginary, vm, p, q, selfG, selfB, slackCurrent, pairs, pairAdmittance, pairPower } = this;
    for (let place = 0; place < p.length; place++) {
      const e = real[place]!;
      const f = imaginary[place]!;
      const squared = vm[place]! * vm[place]!;
      const currentReal = slackCurrent[2 * place]!;
      const currentImaginary = slackCurrent[2 * place + 1]!;
      p[place] = squared * selfG[place]! + e * currentReal + f * currentImaginary;
      q[place] = -squared * selfB[place]! + f * currentReal - e * currentImaginary;
    }
    for (let pair = 0, at = 0; at < pairPower.length; pair += 3, at += 4) {
      const first = pairs[pair]!;
      const second = pairs[pair + 1]!;
      const e1 = real[first]!;
      const f1 = imaginary[first]!;
      const e2 = real[second]!;
      const f2 = imaginary[second]!;
      // w = V1 conj(V2); the power towards the other place is w conj(y12), and the one back conj(w) conj(y21).
      const wReal = e1 * e2 + f1 * f2;
      const wImaginary = f1 * e2 - e1 * f2;
      const g12 = pairAdmittance[at]!;
      const b12 = pairAdmittance[at + 1]!;
      const g21 = pairAdmittance[at + 2]!;
      const b21 = pairAdmittance[at + 3]!;
      const p12 = wReal * g12 + wImaginary * b12;
      const q12 = wImaginary * g12 - wReal * b12;
      const p21 = wReal * g21 - wImaginary * b21;
      const q21 = -wImaginary * g21 - wReal * b21;
      p[first]! += p12;
      q[first]! += q12;
      p[second]! += p21;
      q[second]! += q21;
      pairPower[at] = p12;
      pairPower[at + 1] = q12;
      pairPower[at + 2] = p21;
      pairPower[at + 3] = q21;
    }
  }
}
