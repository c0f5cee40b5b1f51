import { isInService, type Network } from '../../src/grid/network/network.js';
import type { PowerFlowReport } from '../../src/grid/power-flow/report.js';

/** A complex number, as its two parts. */
type Complex = readonly [number, number];

const add = ([a, b]: Complex, [c, d]: Complex): Complex => [a + c, b + d];
const minus = ([a, b]: Complex, [c, d]: Complex): Complex => [a - c, b - d];
const times = ([a, b]: Complex, [c, d]: Complex): Complex => [a * c - b * d, a * d + b * c];
const over = ([a, b]: Complex, [c, d]: Complex): Complex => {
  const squared = c * c + d * d;
  return [(a * c + b * d) / squared, (b * c - a * d) / squared];
};
const conjugate = ([a, b]: Complex): Complex => [a, -b];

/**
 * The largest power that is missing at a bus of a solution, and the size of what adds up there, in per unit. Currents are worked out from voltages across
 * impedances, branch by branch, without an admittance matrix and without anything of the power flow's own.
 *
 * Knows lines, per-unit branches, shunts, loads, generators, sources and switches at lines.
 */
export function powerImbalance(
  network: Network,
  result: PowerFlowReport,
): { worst: number; bus: string; scale: number } {
  const { baseMva, frequencyHz = 50 } = network;
  const voltage = new Map<string, Complex>(
    result.buses.map(({ id, vmPu, vaDegree }) => {
      const angle = (vaDegree * Math.PI) / 180;
      return [id, [vmPu * Math.cos(angle), vmPu * Math.sin(angle)]];
    }),
  );
  const power = new Map<string, Complex>([...voltage.keys()].map((id) => [id, [0, 0]]));
  let scale = 0;
  const draw = (bus: string, current: Complex): void => {
    const v = voltage.get(bus);
    if (v === undefined) return;
    const s = times(v, conjugate(current));
    scale = Math.max(scale, Math.hypot(...s));
    power.set(bus, add(power.get(bus) ?? [0, 0], s));
  };

  const inService = new Set(network.buses.filter(isInService).map(({ id }) => id));
  const opened = new Set(
    (network.switches ?? []).filter(({ closed }) => !closed).map((one) => `${one.element} ${one.bus}`),
  );
  for (const line of (network.lines ?? []).filter(isInService)) {
    const kv = network.buses.find(({ id }) => id === line.from)?.nominalKv ?? NaN;
    const ohm = kv ** 2 / baseMva;
    const z: Complex = [(line.rOhmPerKm * line.lengthKm) / ohm, (line.xOhmPerKm * line.lengthKm) / ohm];
    // Differences of nearly equal voltages lose as many digits as the impedance is small.
    scale = Math.max(scale, 1 / Math.hypot(...z));
    const half: Complex = [0, Math.PI * frequencyHz * (line.cNfPerKm ?? 0) * 1e-9 * line.lengthKm * ohm];
    const [from, to] = [line.from, line.to].map((bus) =>
      inService.has(bus) && !opened.has(`${line.id} ${bus}`) ? voltage.get(bus) : undefined,
    );
    if (from !== undefined && to !== undefined) {
      const through = over(minus(from, to), z);
      draw(line.from, add(through, times(half, from)));
      draw(line.to, minus(times(half, to), through));
    } else if (from !== undefined || to !== undefined) {
      // An open end: its half of the charging hangs behind the impedance.
      const live = (from ?? to)!;
      const behind = over(live, add(z, over([1, 0], half)));
      draw(from === undefined ? line.to : line.from, add(times(half, live), behind));
    }
  }
  for (const branch of (network.branches ?? []).filter(isInService)) {
    const [from, to] = [voltage.get(branch.from), voltage.get(branch.to)];
    if (from === undefined || to === undefined) continue;
    const turn = ((branch.shiftDegree ?? 0) * Math.PI) / 180;
    const ratio: Complex = [(branch.ratio ?? 1) * Math.cos(turn), (branch.ratio ?? 1) * Math.sin(turn)];
    // The ideal transformer: its inner voltage is the outer one over the ratio, its outer current the inner one over
    // the conjugate of the ratio.
    const inner = over(from, ratio);
    const half: Complex = [0, (branch.bPu ?? 0) / 2];
    const through = over(minus(inner, to), [branch.rPu, branch.xPu]);
    draw(branch.from, over(add(through, times(half, inner)), conjugate(ratio)));
    draw(branch.to, minus(times(half, to), through));
  }
  const consume = (bus: string, pMw: number, qMvar: number): void => {
    const known = power.get(bus);
    if (known !== undefined) power.set(bus, add(known, [pMw / baseMva, qMvar / baseMva]));
  };
  const magnitude = (bus: string): number => Math.hypot(...(voltage.get(bus) ?? [NaN, NaN]));
  for (const one of network.shunts ?? []) {
    const squared = magnitude(one.bus) ** 2 * (one.step ?? 1);
    consume(one.bus, one.pMw * squared, one.qMvar * squared);
  }
  for (const one of network.loads ?? []) {
    const vm = magnitude(one.bus);
    const follow = (current = 0, impedance = 0): number =>
      1 - current - impedance + current * vm + impedance * vm * vm;
    consume(
      one.bus,
      one.pMw * follow(one.currentPartP, one.impedancePartP),
      one.qMvar * follow(one.currentPartQ, one.impedancePartQ),
    );
  }
  for (const one of network.generators ?? []) consume(one.bus, -one.pMw, 0);

  const sources = new Set(network.sources.map(({ bus }) => bus));
  const holding = new Set((network.generators ?? []).map(({ bus }) => bus));
  let [worst, worstBus] = [0, ''];
  for (const [bus, [p, q]] of power) {
    // A source gives what is missing; a generator that holds its voltage gives the reactive part.
    const missing = sources.has(bus) ? 0 : Math.max(Math.abs(p), holding.has(bus) ? 0 : Math.abs(q));
    if (!(missing <= worst)) [worst, worstBus] = [missing, bus];
  }
  for (const { id, pMw } of result.sources) {
    const { bus } = network.sources.find((one) => one.id === id)!;
    const missing = Math.abs((power.get(bus)?.[0] ?? NaN) - pMw / baseMva);
    if (!(missing <= worst)) [worst, worstBus] = [missing, bus];
  }
  return { worst, bus: worstBus, scale };
}
