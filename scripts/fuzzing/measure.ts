/** What a run has cost the process. */
export interface Cost {
  /** Longest time for which the event loop did nothing else, milliseconds of processor time of its thread. */
  worstStall: number;
  /** The case that was at hand then. */
  stalledAt: number;
  /** Growth of what is kept, MB, after collecting garbage: from the end of the first tenth to the end. */
  growth: number;
  /** Most memory of the whole process, MB. */
  peak: number;
}

const TICK = 10;
const MB = 1_048_576;

/** Watches the event loop and the memory of its own process. */
export class Meter {
  private worst = 0;
  private at = 0;
  private peak = 0;
  private begun: number | undefined;
  private wall = performance.now();
  private processor = processorTime();
  private readonly timer = setInterval(() => this.tick(), TICK);

  constructor(private readonly current: () => number) {}

  /** Everything is loaded and warm: what is kept from here on is growth. */
  warm(): void {
    this.begun ??= kept();
  }

  stop(): Cost {
    clearInterval(this.timer);
    this.tick();
    return {
      worstStall: Math.round(this.worst),
      stalledAt: this.at,
      growth: this.begun === undefined ? 0 : Math.round(((kept() - this.begun) / MB) * 10) / 10,
      peak: Math.round(this.peak / MB),
    };
  }

  private tick(): void {
    const wall = performance.now();
    const processor = processorTime();
    // On a busy machine the thread may have waited for a processor: that is no stall of ours.
    const stall = Math.min(wall - this.wall - TICK, processor - this.processor);
    if (stall > this.worst) {
      this.worst = stall;
      this.at = this.current();
    }
    this.wall = wall;
    this.processor = processor;
    this.peak = Math.max(this.peak, process.memoryUsage.rss());
  }
}

function processorTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

function kept(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
