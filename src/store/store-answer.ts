import { GridwireError } from '../errors.js';

/**
 * What a failed write means for whoever asked for it. `permanent`: never to be tried again as it is. `transient`:
 * nothing was written, and later it may be. `unknown`: the answer was lost, it may have been written; trying again
 * must be harmless where it was.
 */
export type StoreAnswer = 'permanent' | 'transient' | 'unknown';

export function storeAnswer(error: unknown): StoreAnswer {
  if (!(error instanceof GridwireError) || error.fault === 'permanent') return 'permanent';
  return error.details['outcome'] === 'unknown' ? 'unknown' : 'transient';
}

/** Member of a `GridwireError`'s details by which `storeAnswer` tells. */
export const UNKNOWN_OUTCOME = { outcome: 'unknown' } as const;
