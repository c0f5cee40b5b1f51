import { performance } from 'node:perf_hooks';

/** Undoes a wake-up that was asked for; harmless after it has come. */
export type Cancel = () => void;

/**
 * The time by which waits and ages are counted, and the one way to be woken later. Whatever decides by time gets its
 * clock from outside, so that a simulator can own it.
 */
export interface Clock {
  /**
   * Milliseconds since the epoch by a clock that does not jump: the wall clock's time when the process began to look,
   * and what has passed since then. For waits, ages, deadlines, and for every time that is kept to be compared later.
   */
  now(): number;
  /** Milliseconds since the epoch as the machine's clock says now; it may jump. For times that other systems read. */
  wall(): number;
  /**
   * Calls back once, not before the time has passed. The wait keeps no process alive.
   * @param callback must not throw
   */
  after(milliseconds: number, callback: () => void): Cancel;
}

/** The longest wait of a timer; beyond it Node calls back at once. */
const LONGEST_TIMER = 2_147_483_647;

class SystemClock implements Clock {
  private readonly began = Date.now() - performance.now();

  now(): number {
    return this.began + performance.now();
  }

  wall(): number {
    return Date.now();
  }

  after(milliseconds: number, callback: () => void): Cancel {
    const timer = setTimeout(callback, Math.min(Math.max(0, milliseconds), LONGEST_TIMER));
    timer.unref();
    return () => clearTimeout(timer);
  }
}

/** The machine's own clock. */
export const systemClock: Clock = new SystemClock();

/** Resolves when the time has passed. */
export function pause(clock: Clock, milliseconds: number): Promise<void> {
  return new Promise((resolve) => clock.after(milliseconds, resolve));
}

/** A time that the wall clock named, on the clock that does not jump. */
export function fromWall(clock: Clock, wallTime: number): number {
  return clock.now() + (wallTime - clock.wall());
}

/** A time of the clock that does not jump, as other systems read it. */
export function toWall(clock: Clock, time: number): number {
  return clock.wall() + (time - clock.now());
}
