import type { DeadLetterQuery, DeadLetterStore } from '../../store/dead-letter-store.js';

/** Letters of one commit, so that no other write waits for long. */
const PAGE = 500;

/** Gives up all unsettled letters that a query selects. @returns how many */
export async function discardMatching(letters: DeadLetterStore, query: DeadLetterQuery): Promise<number> {
  const open = { ...query, states: ['waiting', 'recovering'] as const };
  let discarded = 0;
  for (;;) {
    const page = await letters.newest(open, Number.MAX_SAFE_INTEGER, PAGE);
    if (page.length === 0) return discarded;
    discarded += await letters.discard(page.map(({ id }) => id));
  }
}
