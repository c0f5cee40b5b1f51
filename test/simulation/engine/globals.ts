import type { Clock } from '../../../src/clock.js';

/** What the code under test must not use: whatever decides by time or by chance gets both from outside. */
const REAL = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
  now: Date.now.bind(Date),
  random: Math.random.bind(Math),
};

export interface Guard {
  /** What was used all the same. */
  readonly used: readonly string[];
  lift(): void;
}

/** Until it is lifted, the machine's own timers, time and chance are out of reach, and each use is noted. */
export function guardGlobals(clock: () => Clock): Guard {
  const used: string[] = [];
  const note = (what: string): void => {
    if (used.length > 3) return;
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 10;
    const from = new Error().stack?.split('\n').filter((line) => !line.includes('globals')) ?? [];
    Error.stackTraceLimit = stackTraceLimit;
    // The loader of TypeScript has timers of its own.
    if (from.some((line) => line.includes('/src/'))) used.push(`${what} ${from.slice(1, 4).join(' ')}`);
  };
  const after = (what: string) => (callback: () => void, milliseconds?: number) => {
    note(what);
    const timer = { cancel: (): void => undefined, unref: () => timer, ref: () => timer };
    const again = (): void => {
      timer.cancel = clock().after(milliseconds ?? 0, () => {
        if (what === 'setInterval') again();
        callback();
      });
    };
    again();
    return timer;
  };
  const clear = (timer: { cancel?: () => void } | undefined): void => timer?.cancel?.();
  const realPerformance = performance.now.bind(performance);
  Object.assign(globalThis, {
    setTimeout: after('setTimeout'),
    setInterval: after('setInterval'),
    clearTimeout: clear,
    clearInterval: clear,
  });
  Date.now = () => {
    note('Date.now');
    return clock().wall();
  };
  Math.random = () => {
    note('Math.random');
    return 0.5;
  };
  performance.now = () => {
    note('performance.now');
    return clock().now();
  };
  return {
    used,
    lift: () => {
      const { setTimeout, clearTimeout, setInterval, clearInterval, now, random } = REAL;
      Object.assign(globalThis, { setTimeout, clearTimeout, setInterval, clearInterval });
      Date.now = now;
      Math.random = random;
      performance.now = realPerformance;
    },
  };
}
