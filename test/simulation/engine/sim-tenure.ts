import type { Clock } from '../../../src/clock.js';
import type { QueueTenure } from '../../../src/store/event-store.js';
import type { Calls } from './calls.js';
import type { Sleeper, Timeline } from './timeline.js';

/** The database's word on who has the queues. */
export interface LeaseRow {
  holder: Sleeper | undefined;
  /** By the database's clock. */
  until: number;
}

const DURATION = 15_000;
const HEARTBEAT = 3_000;
const MARGIN = 1_000;

/** One process's hold on its queues; the real lease is held to this by `test/system/store/instances.test.ts`. */
export class SimTenure implements QueueTenure {
  validUntil = -Infinity;
  generation = 0;
  private wasLost = false;

  constructor(
    private readonly lease: LeaseRow,
    private readonly calls: Calls,
    private readonly process: Sleeper,
    private readonly clock: Clock,
    private readonly timeline: Timeline,
  ) {
    // It has waited for the last one's end before it began.
    lease.holder = process;
    lease.until = timeline.time + DURATION;
    this.validUntil = clock.now() + DURATION - MARGIN;
    this.beat();
  }

  private beat(): void {
    this.clock.after(HEARTBEAT, () => {
      // What fails is tried again at the next beat.
      this.renew().then(
        () => this.beat(),
        () => this.beat(),
      );
    });
  }

  private async renew(): Promise<void> {
    const asked = this.clock.now();
    const isOurs = await this.write(() => this.lease.holder === this.process && this.prolong());
    if (!isOurs) {
      this.wasLost = true;
      this.validUntil = -Infinity;
      if (!(await this.write(() => this.lease.holder === undefined && this.prolong()))) return;
    }
    if (this.wasLost) this.generation += 1;
    this.wasLost = false;
    this.validUntil = asked + DURATION - MARGIN;
  }

  private prolong(): boolean {
    this.lease.holder = this.process;
    this.lease.until = this.timeline.time + DURATION;
    return true;
  }

  private write(effect: () => boolean): Promise<boolean> {
    return this.calls.make(this.process, 'lease', true, effect);
  }
}
