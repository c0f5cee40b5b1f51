import type { RecoveryProgress } from './recovery.js';

/** How a recovery ended, in words, for the audit log. */
export function outcomeText({
  recovered,
  failed,
  poison,
  expired,
  commands,
  lastError,
}: RecoveryProgress): string {
  const parts = [
    `${recovered} sent`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(poison > 0 ? [`${poison} left alone, tried too often`] : []),
    ...(expired > 0 ? [`${expired} left alone, expired`] : []),
    ...(commands > 0 ? [`${commands} commands left alone`] : []),
  ];
  return lastError === undefined ? parts.join(', ') : `${parts.join(', ')}; last: ${lastError}`;
}
