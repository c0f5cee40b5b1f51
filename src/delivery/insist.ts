import type { Clock } from '../clock.js';
import { type GridwireError, toGridwireError } from '../errors.js';

/** Wait before a store that failed is tried again, milliseconds. */
const RETRY = 2_000;

export interface Insistence {
  clock: Clock;
  /** Ends it, also between two attempts. */
  until: AbortSignal;
  /** Told once when it begins to fail, and when it is refused for good. */
  onTrouble: (error: GridwireError) => void;
}

/**
 * Does something that must not be left undone because a store is away: tries until it works, or is refused for good.
 * @param action may be called several times
 * @returns undefined if it was over before it worked
 */
export async function insist<Result>(
  action: () => Promise<Result>,
  { clock, until, onTrouble }: Insistence,
): Promise<{ result: Result } | undefined> {
  for (let told = false; !until.aborted; told = true) {
    try {
      return { result: await action() };
    } catch (thrown) {
      const error = toGridwireError(thrown);
      if (!told || error.fault === 'permanent') onTrouble(error);
      if (error.fault === 'permanent') return undefined;
      await pause(clock, until);
    }
  }
  return undefined;
}

function pause(clock: Clock, until: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      until.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(RETRY, end);
    until.addEventListener('abort', end);
  });
}
