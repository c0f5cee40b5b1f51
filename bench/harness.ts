import type { ServiceName } from '../scripts/services/index.js';

/** One way of doing the work. */
export interface Contender {
  readonly name: string;
  /**
   * Does all the work once, in a fresh process where a runtime is involved, and checks its own result.
   * @returns the rate in the comparison's unit, higher is better; with other figures of the run where these are bounded
   */
  run(): Promise<number | Run>;
}

export interface Run {
  rate: number;
  /** By the names of the comparison's bounds. */
  figures: Readonly<Record<string, number>>;
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
  const rates: { ours: number[]; peer: number[] } = { ours: [], peer: [] };
  const figures: Run['figures'][] = [];
  for (let round = 0; round < repeats; round += 1) {
    const order = round % 2 === 0 ? (['ours', 'peer'] as const) : (['peer', 'ours'] as const);
    for (const side of order) {
      const result = await comparison[side].run();
      rates[side].push(typeof result === 'number' ? result : result.rate);
      if (side === 'ours' && typeof result !== 'number') figures.push(result.figures);
    }
    progress(rates.ours[round]!, rates.peer[round]!);
  }
  const outcome = {
    id,
    unit,
    target,
    ours: { name: ours.name, ...spread(rates.ours) },
    peer: { name: peer.name, ...spread(rates.peer) },
    pairs: spread(rates.ours.map((rate, round) => rate / rates.peer[round]!)),
    bounds: bounds.map((bound) => judge(bound, spread(figures.map((each) => each[bound.name] ?? NaN)))),
  };
  const ratio = outcome.ours.median / outcome.peer.median;
  return { ...outcome, ratio, ok: ratio >= target && outcome.bounds.every(({ ok }) => ok) };
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
