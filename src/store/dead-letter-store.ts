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
  /** How often a recovery has tried it. */
  attempts: number;
  /** Why the last recovery failed. */
  lastError?: string;
  recoveredAt?: number;
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
}

export interface FailedAttempt {
  id: number;
  error: string;
  /** Whether the attempt counts; one that failed because the broker was away says nothing about the letter. */
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
  /** Says that an attempt begins: counts it and sets `recovering`, so that a crash cannot make it free. */
  beginAttempts(ids: readonly number[]): Promise<void>;
  /** Says that the broker has acknowledged the republished letters. */
  markRecovered(ids: readonly number[], at: number): Promise<void>;
  /** Says that attempts failed: back to `waiting` with the reason. */
  markFailed(failures: readonly FailedAttempt[]): Promise<void>;
  /** Gives unsettled letters up; they stay readable until retention takes them. @returns how many were given up */
  discard(ids: readonly number[]): Promise<number>;
}
