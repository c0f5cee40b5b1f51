import { GridwireError, toGridwireError } from '../../errors.js';
import { own } from '../../own.js';
import type { EventStore } from '../event-store.js';
import type { RetentionRules } from '../retention.js';

/** Part of the disk budget at which a person should know. */
const WARNING = 0.8;
const INTERVAL = 5 * 60_000;

/** Keeps a store within its rules from time to time, and warns before its disk budget is used up. */
export class RetentionKeeper {
  private readonly timer: NodeJS.Timeout;
  private running: Promise<void> | undefined;
  private warned = false;
  private failure: string | undefined;

  /** @param onProblem told of the warning, and of what keeps the rules from being applied */
  constructor(
    private readonly store: EventStore,
    private readonly rules: RetentionRules,
    private readonly onProblem: (error: GridwireError) => void,
    interval = INTERVAL,
  ) {
    this.timer = setInterval(() => own(this.run(), this.onProblem), interval);
    this.timer.unref();
  }

  /** Applies the rules now, or waits for the round that is under way. Never rejects. */
  run(): Promise<void> {
    this.running ??= this.round().finally(() => (this.running = undefined));
    return this.running;
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private async round(): Promise<void> {
    try {
      const { bytes: budget } = this.rules;
      const before = await this.store.size();
      if (budget !== undefined) this.warn(before.bytes - before.reclaimable, budget);
      await this.store.applyRetention(this.rules);
      this.failure = undefined;
    } catch (thrown) {
      const error = toGridwireError(thrown);
      // Every round finds the same until somebody mends it.
      if (error.code !== this.failure) this.onProblem(error);
      this.failure = error.code;
    }
  }

  private warn(bytes: number, budget: number): void {
    const near = bytes >= budget * WARNING;
    if (near && !this.warned) {
      this.onProblem(
        new GridwireError(
          'STORE_NEARLY_FULL',
          `The store uses ${Math.round((bytes / budget) * 100)} % of its disk budget of ${budget} bytes. Raise the budget or shorten the retention; at 100 % the oldest mirrored events give way.`,
          { details: { bytes, budget } },
        ),
      );
    }
    this.warned = near;
  }
}
