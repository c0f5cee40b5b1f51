import type { ErrorCode, FaultClass } from '../errors.js';
import type { JsonObject, WireMessage } from '../event.js';

/** A message that could not be delivered or used, with its original bytes. */
export interface NewDeadLetter {
  /** The message under its original topic. */
  message: WireMessage;
  contract?: string;
  type?: string;
  /** Why, as a stable code and as text for a person. */
  code: ErrorCode;
  reason: string;
  fault: FaultClass;
  /** When it failed, milliseconds since the epoch. */
  failedAt: number;
  /** The message is not all of what failed, which could not be read or kept; as it is it is not sent again. */
  incomplete?: true;
  /** The contract's own record of the failure (TaylorDash's dead-letter body), kept beside the bytes. */
  record?: JsonObject;
}

/**
 * `waiting`: can be recovered. `recovering`: handed to a recovery that has not yet heard the broker's answer.
 * `recovered`: republished and acknowledged. `discarded`: given up by a person.
 */
export type DeadLetterState = 'waiting' | 'recovering' | 'recovered' | 'discarded';

export interface DeadLetter extends NewDeadLetter {
  id: number;
  state: DeadLetterState;
  /** How often a recovery has sent the event, counted over all letters of its lineage. */
  attempts: number;
  /** Why the last recovery failed. */
  lastError?: string;
  recoveredAt?: number;
  /** When a person gave it up. */
  discardedAt?: number;
  /** The first letter of the same event: an event that was sent again and failed again has several. */
  lineage: number;
}

/** A letter as a list shows it: without its body, its headers and its record. */
export interface DeadLetterSummary extends Pick<
  DeadLetter,
  'id' | 'contract' | 'type' | 'code' | 'reason' | 'fault' | 'failedAt' | 'state' | 'attempts' | 'lastError'
> {
  topic: string;
  /** Of the body. */
  bytes: number;
}

export interface DeadLetterQuery {
  /** Only these letters. */
  ids?: readonly number[];
  /** MQTT filter over the original topic. */
  topicFilter?: string;
  codes?: readonly ErrorCode[];
  fault?: FaultClass;
  states?: readonly DeadLetterState[];
  /** Failed at or after, and before, milliseconds since the epoch. */
  from?: number;
  to?: number;
  /** Only letters tried fewer times than this. */
  attemptsBelow?: number;
  /** Only letters up to this id: what was there at a moment. */
  upTo?: number;
  /** Only letters whose reason or topic holds this text, as it is written. */
  text?: string;
  /** Only letters with exactly this reason. */
  reason?: string;
}

/** Letters that failed alike, for a list of reasons. */
export interface DeadLetterGroup {
  code: ErrorCode;
  topic: string;
  reason: string;
  count: number;
  /** The newest of them. */
  newestId: number;
  newestAt: number;
}

/** A letter's message as it is about to be sent again. */
export interface BegunAttempt {
  id: number;
  message: WireMessage;
}

export interface FailedAttempt {
  id: number;
  error: string;
  /** Whether it was begun, so that it is counted already. */
  begun: boolean;
  /**
   * Whether the attempt counts. One that failed because the broker was away, or because the repair was wrong, says
   * nothing about the letter.
   */
  counts: boolean;
}

/** Letters that no one could deliver, until they are repaired or given up. */
export interface DeadLetterStore {
  /** @returns the ids, in the order given, after the commit */
  add(letters: readonly NewDeadLetter[]): Promise<number[]>;
  get(id: number): Promise<DeadLetter | undefined>;
  /** A page in order of arrival, after the id given (0 starts at the beginning). */
  list(query: DeadLetterQuery, after: number, limit: number): Promise<DeadLetter[]>;
  /** A page for a person to look at: newest first, before the id given. */
  newest(query: DeadLetterQuery, before: number, limit: number): Promise<DeadLetterSummary[]>;
  count(query: DeadLetterQuery): Promise<number>;
  /** How many letters there are with each code. */
  countByCode(query: DeadLetterQuery): Promise<Record<string, number>>;
  /** Groups of letters that failed alike (code, topic, reason), the largest first, at most so many. */
  groups(query: DeadLetterQuery, limit: number): Promise<DeadLetterGroup[]>;
  /**
   * Says that attempts begin: counts them and sets `recovering`, so that a crash cannot make them free. What is sent is
   * remembered by its digest: a letter that comes of it is one of the same lineage, and goes on counting there.
   */
  beginAttempts(attempts: readonly BegunAttempt[]): Promise<void>;
  /** Says that the broker has acknowledged the republished letters; they leave `dlq_events`. */
  markRecovered(ids: readonly number[], at: number): Promise<void>;
  /** Says that attempts failed: back to `waiting` with the reason. */
  markFailed(failures: readonly FailedAttempt[]): Promise<void>;
  /** Gives unsettled letters up; they stay readable until retention takes them. @returns how many were given up */
  discard(ids: readonly number[], at?: number): Promise<number>;
  /** Takes back what was given up at or after a moment. @returns how many wait again */
  undiscard(ids: readonly number[], since: number): Promise<number>;
}
