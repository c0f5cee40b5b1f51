import type { Cancel, Clock } from '../../src/clock.js';

interface Alarm {
  at: number;
  callback: () => void;
}

/** A clock that goes on when a test says so, and whose wall can be set like a machine's. */
export class ManualClock implements Clock {
  private alarms: Alarm[] = [];
  private passed = 0;
  /** Set to move the machine's clock without any time passing. */
  wallOffset = 0;

  constructor(private readonly begin = Date.UTC(2026, 0, 1)) {}

  now(): number {
    return this.begin + this.passed;
  }

  wall(): number {
    return this.now() + this.wallOffset;
  }

  after(milliseconds: number, callback: () => void): Cancel {
    const alarm = { at: this.passed + Math.max(0, milliseconds), callback };
    this.alarms.push(alarm);
    return () => {
      this.alarms = this.alarms.filter((each) => each !== alarm);
    };
  }

  /** Lets time pass, with all that is due in it in its order; what is promised meanwhile is answered. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.passed + milliseconds;
    await settledTurn();
    for (let next = this.next(end); next !== undefined; next = this.next(end)) {
      this.passed = Math.max(this.passed, next.at);
      this.alarms = this.alarms.filter((each) => each !== next);
      next.callback();
      await settledTurn();
    }
    this.passed = end;
  }

  private next(end: number): Alarm | undefined {
    const due = this.alarms.filter(({ at }) => at <= end);
    return due.sort((a, b) => a.at - b.at)[0];
  }
}

/** Everything that has been promised and needs no time has happened. */
export async function settledTurn(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
