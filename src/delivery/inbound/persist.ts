import { type GridwireError, toGridwireError } from '../../errors.js';

/** Wait before a store that failed is tried again, milliseconds. */
const RETRY = 2_000;

/**
 * Does something that must not be left undone because a store is away: tries until it works.
 * @param action may be called several times
 * @param isOver asked before every attempt
 * @param onTrouble told once when it begins to fail
 * @returns undefined if it was over before it worked
 */
export async function persist<Result>(
  action: () => Promise<Result>,
  isOver: () => boolean,
  onTrouble: (error: GridwireError) => void,
): Promise<{ result: Result } | undefined> {
  for (let told = false; !isOver(); told = true) {
    try {
      return { result: await action() };
    } catch (thrown) {
      if (!told) onTrouble(toGridwireError(thrown));
      await new Promise((resolve) => setTimeout(resolve, RETRY).unref());
    }
  }
  return undefined;
}
