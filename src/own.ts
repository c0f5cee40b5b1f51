import { errorText, type GridwireError, toGridwireError } from './errors.js';

/**
 * Owns a promise that nobody waits for.
 * @param failed told what it was rejected with; must not throw
 */
export function own(work: PromiseLike<unknown> | undefined, failed: (error: GridwireError) => void): void {
  work
    ?.then(undefined, (thrown: unknown) => failed(toGridwireError(thrown)))
    .then(undefined, (thrown: unknown) => process.emitWarning(`Gridwire: ${errorText(thrown)}`));
}
