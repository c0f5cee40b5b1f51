import { GridwireError, isTransient, toGridwireError } from '../../errors.js';
import type { WireMessage } from '../../event.js';
import type {
  DeadLetter,
  DeadLetterQuery,
  DeadLetterStore,
  FailedAttempt,
} from '../../store/dead-letter-store.js';
import type { CommandTest } from './command-test.js';

export interface RecoveryPlan {
  /** Which letters; their state and attempts are the recovery's own business. */
  query: Omit<DeadLetterQuery, 'states' | 'attemptsBelow' | 'upTo'>;
  /** How often an event may be sent again, over all recoveries and all its letters; default 3. More is poison. */
  attempts?: number;
  isCommand: CommandTest;
  /** Command types that may be sent again although they make things happen; none by default. */
  commands?: readonly string[];
  /** The repaired message; the letter's own when absent. Throwing fails this letter only, and is not counted. */
  patch?: (letter: DeadLetter) => Promise<WireMessage> | WireMessage;
  /** Throws when the message still breaks its contract. */
  validate?: (message: WireMessage, letter: DeadLetter) => Promise<void> | void;
  /** Republishes under the message's topic; resolves after the broker's acknowledgement. */
  publish: (message: WireMessage, letter: DeadLetter) => Promise<void>;
  /** The time by which events expire, milliseconds since the epoch; the machine's by default. */
  now?: () => number;
}

export interface RecoveryProgress {
  recovered: number;
  failed: number;
  /** Letters left alone because their event has been sent often enough. */
  poison: number;
  /** Letters left alone because their event has expired: it must not be delivered any more. */
  expired: number;
  /** Letters left alone because they are commands that were not named. */
  commands: number;
  /** The last failure, as text. */
  lastError?: string;
}

export const NO_PROGRESS: RecoveryProgress = { recovered: 0, failed: 0, poison: 0, expired: 0, commands: 0 };

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

/** Letters under way at once: memory holds one page, whatever the number of letters. */
const PAGE = 100;

/** The stores in which a recovery is at work: a second one would take its letters for those of a crash. */
const busy = new WeakSet<DeadLetterStore>();

/**
 * Repairs and republishes the dead letters that are there when it begins, oldest first. What comes of them meanwhile, a
 * letter of an event that was sent and failed again, is none of its business. An attempt is counted before it is made
 * and a letter is marked recovered only after the broker's acknowledgement. A crash in between leaves letters
 * `recovering`; the next recovery takes them up again with their bytes and therefore their idempotency key unchanged, so
 * that a consumer can tell. A broker that is away ends the recovery and costs the letters no attempt.
 *
 * What has expired is never sent, a command only if its type is named.
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
  const attemptsBelow = plan.attempts ?? 3;
  const states = ['waiting', 'recovering'] as const;
  const [newest] = await letters.newest({ ...plan.query, states }, Number.MAX_SAFE_INTEGER, 1);
  const open = { ...plan.query, states, upTo: newest?.id ?? 0 };
  const total = await letters.count(open);
  const progress = {
    ...NO_PROGRESS,
    poison: total - (await letters.count({ ...open, attemptsBelow })),
  };
  for (let after = 0; signal?.aborted !== true;) {
    const page = await letters.list({ ...open, attemptsBelow }, after, PAGE);
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
  const failures: FailedAttempt[] = [];
  const ready: { letter: DeadLetter; message: WireMessage }[] = [];
  for (const letter of page) {
    const reason = leftOut(letter, plan);
    if (reason !== undefined) progress[reason] += 1;
    else {
      const message = await repaired(letter, plan, failures);
      if (message === 'expired') progress.expired += 1;
      else if (message !== undefined) ready.push({ letter, message });
    }
  }
  await letters.beginAttempts(ready.map(({ letter: { id }, message }) => ({ id, message })));
  const recovered: number[] = [];
  // Messages are handed over in order; only the acknowledgements overlap.
  await Promise.all(
    ready.map(({ letter, message }) =>
      plan.publish(message, letter).then(
        () => void recovered.push(letter.id),
        (error: unknown) => void failures.push(failureOf(letter, error, true, !isTransient(error))),
      ),
    ),
  );
  if (recovered.length > 0) await letters.markRecovered(recovered, Date.now());
  if (failures.length > 0) await letters.markFailed(failures);
  progress.recovered += recovered.length;
  progress.failed += failures.length;
  const error = failures.at(-1)?.error;
  if (error !== undefined) progress.lastError = error;
  return failures.some(({ begun, counts }) => begun && !counts);
}

/** Why a letter must not be sent, whatever its repair. */
export function leftOut(
  { message, contract, type }: Pick<DeadLetter, 'message' | 'contract' | 'type'>,
  { isCommand, commands = [], now = Date.now }: Pick<RecoveryPlan, 'isCommand' | 'commands' | 'now'>,
): 'expired' | 'commands' | undefined {
  if (message.expiresAt !== undefined && message.expiresAt <= now()) return 'expired';
  const event = {
    topic: message.topic,
    ...(contract === undefined ? {} : { contract }),
    ...(type === undefined ? {} : { type }),
  };
  return isCommand(event) && !commands.includes(type ?? message.topic) ? 'commands' : undefined;
}

/**
 * A letter that does not hold all of what failed is another message: it is sent as a person or an expression has mended it,
 * and never as it is.
 * @throws GridwireError `NOT_SUPPORTED`
 */
export function assertWhole({ incomplete, reason }: DeadLetter, isMended: boolean): void {
  if (incomplete === undefined || isMended) return;
  const text = `The letter does not hold all of the message that failed, and is not sent as it is. Mend it by hand or by an expression. It says: ${reason}`;
  throw new GridwireError('NOT_SUPPORTED', text);
}

/**
 * The message that a letter becomes; `expired` where its contract finds that out, and undefined where it cannot be sent
 * otherwise, and the failure is booked. It counts only where the letter is sent as it is: what a repair makes of it is
 * the repair's fault.
 */
async function repaired(
  letter: DeadLetter,
  { patch, validate }: RecoveryPlan,
  failures: FailedAttempt[],
): Promise<WireMessage | 'expired' | undefined> {
  try {
    assertWhole(letter, patch !== undefined);
    const message = (await patch?.(letter)) ?? letter.message;
    await validate?.(message, letter);
    return message;
  } catch (error) {
    if (toGridwireError(error).code === 'EVENT_EXPIRED') return 'expired';
    const isTried = patch === undefined && letter.incomplete === undefined;
    failures.push(failureOf(letter, error, false, isTried && !isTransient(error)));
    return undefined;
  }
}

function failureOf({ id }: DeadLetter, error: unknown, begun: boolean, counts: boolean): FailedAttempt {
  return { id, error: toGridwireError(error).message, begun, counts };
}
