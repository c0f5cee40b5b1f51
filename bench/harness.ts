import type { ServiceName } from '../scripts/services/index.js';

/** One way of doing the work. */
export interface Contender {
  readonly name: string;
  /**
   * Does all the work once, in a fresh process where a runtime is involved, and checks its own result.
   * @returns the rate in the comparison's unit, higher is better; with other figures of the run where it has some
   * @throws ServiceUnavailable where it cannot be had, which is reported
   */
  run(): Promise<number | Run>;
}

export interface Run {
  rate: number;
  /** By the names of the comparison's bounds. */
  figures?: Readonly<Record<string, number>>;
  /** Microseconds of processor time that a message took; what else the machine does, does not bend it. */
  cpu?: number;
}

/** A run whose rate is that of a second of processor time. @param cpu microseconds of it for one message */
export function processorRun(cpu: number): Run {
  return { rate: 1e6 / cpu, cpu };
}

/** What ours has to keep to besides its ratio; the median of the repeats decides. */
export interface Bound {
  /** Of the figure in `Run.figures`. */
  readonly name: string;
  readonly unit: string;
  readonly least?: number;
  readonly below?: number;
}

/** Ours against the peer's, with the ratio that has to be reached. */
export interface Comparison {
  /** `<bench>/<what>`; stable, results are compared over time. */
  readonly id: string;
  readonly unit: string;
  readonly target: number;
  readonly ours: Contender;
  readonly peer: Contender;
  readonly bounds?: readonly Bound[];
  /** What the same runs say by processor time, where both sides give it. */
  readonly byProcessor?: { readonly id: string; readonly target: number };
}

/** What `bench/<name>.bench.ts` exports as its default. */
export interface Bench {
  /** One sentence: what is measured, against what, and how. */
  readonly description: string;
  readonly needs: readonly ServiceName[];
  /** What took part beside Node and the services, for the report: `Node-RED 5.0.7`. */
  software(): readonly string[];
  comparisons(): readonly Comparison[];
}

export interface Spread {
  median: number;
  min: number;
  max: number;
}

export interface Outcome {
  id: string;
  unit: string;
  target: number;
  ours: Spread & { name: string };
  peer: Spread & { name: string };
  /** Ours to the peer's, by their medians; above 1 is better. */
  ratio: number;
  /** The same for each repeat by itself. */
  pairs: Spread;
  /** Microseconds of processor time a message, where both sides give it; with the peer's to ours for each repeat. */
  cpu?: { ours: Spread; peer: Spread; pairs: Spread };
  bounds: (Bound & Spread & { ok: boolean })[];
  /** The target was reached and every bound kept. */
  ok: boolean;
}

/**
 * Runs both contenders `repeats` times in turn, so that whatever else the machine does meets both, and lets the
 * first place alternate. A first round of each warms caches and is not counted.
 * @param progress called after each counted pair
 */
export async function compare(
  comparison: Comparison,
  repeats: number,
  progress: (ours: number, peer: number) => void = () => undefined,
): Promise<Outcome> {
  const { ours, peer, id, unit, target, bounds = [] } = comparison;
  await ours.run();
  await peer.run();
  const runs: { ours: Run[]; peer: Run[] } = { ours: [], peer: [] };
  for (let round = 0; round < repeats; round += 1) {
    const order = round % 2 === 0 ? (['ours', 'peer'] as const) : (['peer', 'ours'] as const);
    for (const side of order) {
      const result = await comparison[side].run();
      runs[side].push(typeof result === 'number' ? { rate: result } : result);
    }
    progress(runs.ours[round]!.rate, runs.peer[round]!.rate);
  }
  const rates = { ours: runs.ours.map(({ rate }) => rate), peer: runs.peer.map(({ rate }) => rate) };
  const cpu = { ours: costs(runs.ours), peer: costs(runs.peer) };
  const outcome = {
    id,
    unit,
    target,
    ours: { name: ours.name, ...spread(rates.ours) },
    peer: { name: peer.name, ...spread(rates.peer) },
    pairs: spread(quotients(rates.ours, rates.peer)),
    bounds: bounds.map((bound) =>
      judge(bound, spread(runs.ours.map((run) => run.figures?.[bound.name] ?? NaN))),
    ),
  };
  const ratio = outcome.ours.median / outcome.peer.median;
  return {
    ...outcome,
    ...(cpu.ours.length === 0 || cpu.peer.length === 0
      ? {}
      : {
          cpu: {
            ours: spread(cpu.ours),
            peer: spread(cpu.peer),
            pairs: spread(quotients(cpu.peer, cpu.ours)),
          },
        }),
    ratio,
    ok: ratio >= target && outcome.bounds.every(({ ok }) => ok),
  };
}

/** What the same runs say by processor time. @throws Error if they did not give it */
export function byProcessor(
  outcome: Outcome,
  { id, target }: NonNullable<Comparison['byProcessor']>,
): Outcome {
  const { cpu, ours, peer } = outcome;
  if (cpu === undefined) throw new Error(`${id}: the runs gave no processor time`);
  const rate = ({ median, min, max }: Spread): Spread => ({
    median: 1e6 / median,
    min: 1e6 / max,
    max: 1e6 / min,
  });
  const ratio = cpu.peer.median / cpu.ours.median;
  return {
    ...{ id, unit: PROCESSOR_UNIT, target, cpu, pairs: cpu.pairs, ratio, bounds: [], ok: ratio >= target },
    ours: { name: ours.name, ...rate(cpu.ours) },
    peer: { name: peer.name, ...rate(cpu.peer) },
  };
}

/** Messages for a second of processor time. */
export const PROCESSOR_UNIT = 'msg/cpu-s';

function costs(runs: readonly Run[]): number[] {
  return runs.flatMap(({ cpu }) => (cpu === undefined ? [] : [cpu]));
}

function quotients(of: readonly number[], by: readonly number[]): number[] {
  return of.map((value, index) => value / by[index]!);
}

/** A figure that a run did not give is NaN, which keeps to no bound. */
function judge(bound: Bound, values: Spread): Outcome['bounds'][number] {
  const { least = -Infinity, below = Infinity } = bound;
  return { ...bound, ...values, ok: values.median >= least && values.median < below };
}

/** Median, least and greatest of at least one value. */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle) - 1]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)! };
}
