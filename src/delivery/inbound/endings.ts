import { counted } from '../../counted.js';
import { GridwireError } from '../../errors.js';
import type { NewDeadLetter } from '../../store/dead-letter-store.js';
import type { Time, Write } from './effects.js';
import type { Ending, Item } from './item.js';

/** How long a message that is kept while it is worked on may lie in the store before somebody else may look after it. */
const KEPT_FOR = 10 * 60_000;
/** Later than any moment: what is held falls due by a decision only. */
const NEVER = Number.MAX_SAFE_INTEGER;

/** What ends a message here changes in the store; undefined where it changes nothing. */
export function writeOf(item: Item, ending: Ending, { now }: Time): Write | undefined {
  if (ending.kind === 'parked') return { park: parkedRow(item, ending, now) };
  const id = ending.mark ? item.id : undefined;
  if (!item.hasRow && id === undefined && ending.letter === undefined) return undefined;
  return {
    ...(item.hasRow ? { release: item.key } : {}),
    ...(id === undefined ? {} : { mark: { id, at: now } }),
    ...(ending.letter === undefined ? {} : { letter: ending.letter }),
  };
}

function parkedRow(item: Item, { as, at, reason, by }: Ending & { kind: 'parked' }, now: number) {
  const { key, message, origin, refusal, attempts, refusals, expiresAt } = item;
  return {
    ...{ key, message, kind: as, origin: origin.key, at: now },
    attempts: refusal === undefined ? attempts : refusals,
    nextAttemptAt: as === 'held' ? NEVER : Math.ceil(at),
    reason: refusal?.message ?? reason,
    ...(by === undefined ? {} : { by }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(refusal === undefined ? {} : { refusal: refusal.code }),
  };
}

/** The row of a message that is still worked on. */
export function keptRow(item: Item, { now }: Time): Write {
  const reason = 'It takes long, and others wait for it.';
  return {
    park: parkedRow(item, { kind: 'parked', as: 'kept', at: now + KEPT_FOR, reason, known: false }, now),
  };
}

/**
 * What else ends a message when the store refuses this for good: a letter without what people wrote into it, at last
 * without the letter, whose event has been reported to the log. Undefined where there is no other way.
 */
export function otherWay(ending: Ending): Ending | undefined {
  if (ending.kind === 'parked') return undefined;
  const { letter } = ending;
  if (letter === undefined) return ending.mark ? { ...ending, mark: false } : undefined;
  const plain = plainLetter(letter);
  if (plain.reason !== letter.reason) return { ...ending, letter: plain };
  const { letter: _letter, ...rest } = ending;
  return rest;
}

function plainLetter({ message, code, fault, failedAt, contract }: NewDeadLetter): NewDeadLetter {
  const { topic, body, qos, retain } = message;
  return {
    message: { topic, body, qos, retain, headers: {} },
    ...(contract === undefined ? {} : { contract }),
    ...{
      code,
      fault,
      failedAt,
      reason: `${code}. The store refused the letter with its text and its headers.`,
    },
  };
}

/** A letter that the store does not take in any form. */
export function letterLost(item: Item, cause: GridwireError): GridwireError {
  const text = `The store refuses the dead letter of an event on ${item.message.topic} for good, in every form: ${cause.message} The event is given up; it was reported before with the reason.`;
  return new GridwireError('STORE_REFUSED', text, { cause });
}

/** A row that the store does not take. */
export function rowRefused(item: Item, cause: GridwireError): GridwireError {
  const text = `The store refuses an event on ${item.message.topic} for good; it stays with its broker until its next attempt: ${cause.message}`;
  return new GridwireError('STORE_REFUSED', text, { cause });
}

export function expired(topic: string, late: number): GridwireError {
  return new GridwireError(
    'EVENT_EXPIRED',
    `The event on ${topic} expired ${Math.round(late)} ms ago; it is not processed.`,
  );
}

export function exhausted(cause: GridwireError, attempts: number): GridwireError {
  return new GridwireError(
    'RETRIES_EXHAUSTED',
    `Given up after ${counted(attempts, 'attempt')}: ${cause.message}`,
    { cause, details: { attempts, code: cause.code } },
  );
}

export function heldTooMany(by: string, held: number): GridwireError {
  return new GridwireError(
    'DEVICE_PENDING',
    `${by} waits for a decision, and ${held} events are held unsettled already, without a store to keep them in. Decide, or choose a store for the node.`,
    { details: { by, held } },
  );
}
