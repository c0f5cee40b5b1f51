import type { Cancel, Clock } from '../../../src/clock.js';

/** Who waits for a timer. One that is stopped misses nothing: its timers come when it goes on. */
export interface Sleeper {
  readonly alive: boolean;
  readonly suspended: boolean;
}

export interface Timer {
  at: number;
  sleeper: Sleeper;
  callback: () => void;
}

const BEGIN = 1_800_000_000_000;

/** The time of the simulated world, and the wall clock of its machine, which may be wrong. */
export class Timeline {
  /** What really passes, milliseconds. */
  time = BEGIN;
  /** How often the wall clock was set. */
  settings = 0;
  private skew = 0;
  private frozenAt: number | undefined;
  private timers: Timer[] = [];

  /** What has passed since the beginning. */
  get elapsed(): number {
    return this.time - BEGIN;
  }

  wall(): number {
    return this.frozenAt ?? this.time + this.skew;
  }

  jump(milliseconds: number): void {
    this.thaw();
    this.settings += 1;
    this.skew += milliseconds;
  }

  freeze(): void {
    this.settings += 1;
    this.frozenAt ??= this.wall();
  }

  /** The wall clock goes on from where it stood. */
  thaw(): void {
    if (this.frozenAt === undefined) return;
    this.skew = this.frozenAt - this.time;
    this.frozenAt = undefined;
  }

  add(timer: Timer): Cancel {
    this.timers.push(timer);
    return () => {
      const index = this.timers.indexOf(timer);
      if (index >= 0) this.timers.splice(index, 1);
    };
  }

  /** When the next timer is due that can come; undefined if there is none. */
  nextAt(): number | undefined {
    return this.earliest()?.at;
  }

  /** Takes the timer out that is due first, if one is due. */
  takeDue(): Timer | undefined {
    const timer = this.earliest();
    if (timer === undefined || timer.at > this.time) return undefined;
    this.timers.splice(this.timers.indexOf(timer), 1);
    return timer;
  }

  /** The timers of the dead are no more. */
  forget(sleeper: Sleeper): void {
    this.timers = this.timers.filter((timer) => timer.sleeper !== sleeper);
  }

  private earliest(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.timers) {
      if (!timer.sleeper.suspended && (first === undefined || timer.at < first.at)) first = timer;
    }
    return first;
  }
}

/** The clock of one process: it does not jump while the process lives. Held to what `src/clock.ts` says of a clock. */
export class SimClock implements Clock {
  private readonly offset: number;

  constructor(
    private readonly timeline: Timeline,
    private readonly sleeper: Sleeper,
  ) {
    this.offset = timeline.wall() - timeline.time;
  }

  now(): number {
    return this.timeline.time + this.offset;
  }

  wall(): number {
    return this.timeline.wall();
  }

  after(milliseconds: number, callback: () => void): Cancel {
    if (!this.sleeper.alive) return () => undefined;
    const at = this.timeline.time + Math.max(0, milliseconds);
    return this.timeline.add({ at, sleeper: this.sleeper, callback });
  }
}
