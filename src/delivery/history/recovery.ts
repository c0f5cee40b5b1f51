import { GridwireError, isTransient, toGridwireError } from '../../errors.js';
import type { WireMessage } from '../../event.js';
import type {
  DeadLetter,
  DeadLetterQuery,
  DeadLetterStore,
  FailedAttempt,
} from '../../store/dead-letter-store.js';

export interface RecoveryPlan {
  /** Which letters; their state and attempts are the recovery's own business. */
  query: Omit<DeadLetterQuery, 'states' | 'attemptsBelow'>;
  /** How often a letter may be tried, over all recoveries; default 3. What failed that often is poison and left alone. */
  attempts?: number;
  /** The repaired message; the letter's own when absent. Throwing fails this letter only. */
  patch?: (letter: DeadLetter) => Promise<WireMessage> | WireMessage;
  /** Throws when the message still breaks its contract. */
  validate?: (message: WireMessage, letter: DeadLetter) => Promise<void> | void;
  /** Republishes under the message's topic; resolves after the broker's acknowledgement. */
  publish: (message: WireMessage, letter: DeadLetter) => Promise<void>;
}

export interface RecoveryProgress {
  recovered: number;
  failed: number;
  /** Letters left alone because they have been tried often enough. */
  poison: number;
  /** The last failure, as text. */
  lastError?: string;
}

/** Letters under way at once: memory holds one page, whatever the number of letters. */
const PAGE = 100;

/** The stores in which a recovery is at work: a second one would take its letters for those of a crash. */
const busy = new WeakSet<DeadLetterStore>();

/**
 * Repairs and republishes dead letters, oldest first. An attempt is counted before it is made and a letter is marked
 * recovered only after the broker's acknowledgement. A crash in between leaves letters `recovering`; the next recovery
 * takes them up again with their bytes and therefore their idempotency key unchanged, so that a consumer can tell.
 * A broker that is away ends the recovery and costs the letters no attempt.
 *
 * One recovery at a time works in a store.
 *
 * @param onProgress called after every page
 * @param signal ends the recovery after the page under way
 * @throws GridwireError `STORE_CONFLICT` while another recovery works in this store
 */
export async function recover(
  letters: DeadLetterStore,
  plan: RecoveryPlan,
  onProgress: (progress: RecoveryProgress) => void = () => undefined,
  signal?: AbortSignal,
): Promise<RecoveryProgress> {
  if (busy.has(letters)) {
    throw new GridwireError(
      'STORE_CONFLICT',
      'A recovery of dead letters is running in this store already; cancel it, or wait for its end.',
    );
  }
  busy.add(letters);
  try {
    return await recoverAll(letters, plan, onProgress, signal);
  } finally {
    busy.delete(letters);
  }
}

async function recoverAll(
  letters: DeadLetterStore,
  plan: RecoveryPlan,
  onProgress: (progress: RecoveryProgress) => void,
  signal?: AbortSignal,
): Promise<RecoveryProgress> {
  const attempts = plan.attempts ?? 3;
  const open = { ...plan.query, states: ['waiting', 'recovering'] as const };
  const total = await letters.count(open);
  const within = await letters.count({ ...open, attemptsBelow: attempts });
  const progress: RecoveryProgress = { recovered: 0, failed: 0, poison: total - within };
  for (let after = 0; signal?.aborted !== true;) {
    const page = await letters.list({ ...open, attemptsBelow: attempts }, after, PAGE);
    const last = page.at(-1);
    if (!last) break;
    after = last.id;
    const brokerAway = await recoverPage(letters, plan, page, progress);
    onProgress({ ...progress });
    if (brokerAway) break;
  }
  return progress;
}

/** @returns whether something failed for a passing reason, so that going on would be in vain */
async function recoverPage(
  letters: DeadLetterStore,
  plan: RecoveryPlan,
  page: readonly DeadLetter[],
  progress: RecoveryProgress,
): Promise<boolean> {
  await letters.beginAttempts(page.map(({ id }) => id));
  const recovered: number[] = [];
  const failures: FailedAttempt[] = [];
  // Messages are made one after the other and handed over in order; only the acknowledgements overlap.
  const acknowledgements: Promise<void>[] = [];
  for (const letter of page) {
    try {
      const message = (await plan.patch?.(letter)) ?? letter.message;
      await plan.validate?.(message, letter);
      acknowledgements.push(
        plan.publish(message, letter).then(
          () => void recovered.push(letter.id),
          (error: unknown) => void failures.push(failureOf(letter, error)),
        ),
      );
    } catch (error) {
      failures.push(failureOf(letter, error));
    }
  }
  await Promise.all(acknowledgements);
  if (recovered.length > 0) await letters.markRecovered(recovered, Date.now());
  if (failures.length > 0) await letters.markFailed(failures);
  progress.recovered += recovered.length;
  progress.failed += failures.length;
  const error = failures.at(-1)?.error;
  if (error !== undefined) progress.lastError = error;
  return failures.some(({ counts }) => !counts);
}

function failureOf({ id }: DeadLetter, error: unknown): FailedAttempt {
  return { id, error: toGridwireError(error).message, counts: !isTransient(error) };
}
