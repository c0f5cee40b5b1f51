import type { Books } from '../../support/load-books.js';
import { type Fault, FAULTS, LoadRun, more } from './load-run.js';
import type { Load } from './load-flows.js';

export interface SoakResult {
  books: Books;
  faults: Record<Fault, number>;
  /** The heap after a garbage collection, bytes: its middle over the second half, and how much it grew there. */
  heap: { mean: number; growth: number; samples: number };
  /** TCP connections to the broker at the end; two are right. */
  connections: number;
  /** Listeners at the end that were not there at the beginning. */
  newListeners: string[];
}

/** Most events between two faults, in seconds of the load; and most time that one lasts, milliseconds. */
const BETWEEN = 6;
const LONGEST = 4_000;
/** Looks at the heap. */
const SAMPLES = 40;

/**
 * Lets a real Node-RED publish and receive for so long while network, broker and deploys fail at random.
 * @param tell called with a line about every sample
 */
export async function soak(
  context: Mocha.Context,
  load: Load,
  milliseconds: number,
  tell: (line: string) => void = () => undefined,
): Promise<SoakResult> {
  const run = await LoadRun.start(context, load);
  try {
    await run.arrivals(load.rate);
    const faults = Object.fromEntries(FAULTS.map((fault) => [fault, 0])) as Record<Fault, number>;
    const first = await run.holdingsAtRest();
    const samples: Sample[] = [];
    for (const start = Date.now(); Date.now() < start + milliseconds;) {
      const next = Date.now() + milliseconds / SAMPLES;
      while (Date.now() < next) {
        await run.arrivals(Math.ceil(Math.random() * BETWEEN * load.rate));
        const fault = FAULTS[Math.floor(Math.random() * FAULTS.length)]!;
        faults[fault] += 1;
        await run.fault(fault, Math.random() * LONGEST);
        await run.arrivals(load.rate);
      }
      const { heapUsed } = await run.holdingsAtRest();
      samples.push({ at: Date.now() - start, heapUsed });
      tell(`${Math.round((Date.now() - start) / 1000)} s: heap ${(heapUsed / 2 ** 20).toFixed(1)} MiB`);
    }
    const last = await run.holdingsAtRest();
    const { connections } = run.proxy;
    // A deploy drops what is on its way to a node that it stops, before that node has seen it.
    const books = await run.finish(Infinity);
    return {
      books,
      faults,
      heap: trend(samples),
      connections,
      newListeners: more(first.listeners, last.listeners),
    };
  } finally {
    await run.stop();
  }
}

interface Sample {
  at: number;
  heapUsed: number;
}

/** The straight line nearest to the second half of the samples, by least squares. */
function trend(all: readonly Sample[]): SoakResult['heap'] {
  const samples = all.slice(Math.floor(all.length / 2));
  const meanOf = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [at, mean] = [meanOf(samples.map((each) => each.at)), meanOf(samples.map((each) => each.heapUsed))];
  const above = meanOf(samples.map((each) => (each.at - at) * (each.heapUsed - mean)));
  const spread = meanOf(samples.map((each) => (each.at - at) ** 2));
  const span = (samples.at(-1)?.at ?? 0) - (samples[0]?.at ?? 0);
  return { mean, growth: spread === 0 ? 0 : (above / spread) * span, samples: samples.length };
}
