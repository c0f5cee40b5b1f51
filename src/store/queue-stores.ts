import type { ErrorCode } from '../errors.js';
import type { WireMessage } from '../event.js';
import type { NewDeadLetter } from './dead-letter-store.js';

/** A message on its way out that no broker has acknowledged yet. */
export interface OutboxEntry {
  /** Grows in the order of arrival. */
  id: number;
  message: WireMessage;
  /** Milliseconds since the epoch, as the machine's clock said then. */
  enqueuedAt: number;
  /** How long it has been there, milliseconds: also if the clock was set meanwhile, as long as the machine ran on. */
  age: number;
  /** Names the event that it stands for. */
  origin?: string;
}

/** A message for an outbox, with the name of its event. */
export interface NamedMessage {
  message: WireMessage;
  /** At most one message of a queue has it. */
  origin: string;
  /**
   * What a message of that name is, if there is one: `same` event, which is then not added again; an `other` event's,
   * which loses the name; or it is known that there is `never` one.
   */
  found: 'same' | 'other' | 'never';
}

export interface QueueLimits {
  /** Most messages that may wait. */
  count: number;
  /** Most bytes of topic, key, headers and body that may wait. */
  bytes: number;
}

export interface QueueUsage {
  count: number;
  bytes: number;
  /** When the oldest message came in; absent when the queue is empty. */
  oldestAt?: number;
  /** Outbox: the highest id; absent when the queue is empty. */
  newestId?: number;
}

/** A queue and what waits in it. */
export interface QueueSummary extends QueueUsage {
  queue: string;
}

/** The row of a message that was added under a name. */
export interface NamedRow {
  id: number;
  /** It was there before. */
  existed: boolean;
  /** It was there before, with another topic or body. */
  changed: boolean;
}

/** Messages waiting for a broker, one queue per broker connection. */
export interface OutboxStore {
  /**
   * Adds messages to the end of a queue; all or none.
   * @returns their ids in the order given, after the commit
   * @throws GridwireError `OUTBOX_FULL` when the queue would exceed the limits; nothing is added then
   */
  add(queue: string, messages: readonly WireMessage[], limits?: QueueLimits): Promise<number[]>;
  /**
   * Adds a message, or finds the one that stands for the same event, which then gets the topic and body it has now.
   * @returns its id, after the commit, whether it was there before, and whether that has changed it
   */
  addNamed(queue: string, message: NamedMessage): Promise<NamedRow>;
  /** Which of these names of events have a message in one of the queues. */
  named(queues: readonly string[], origins: readonly string[]): Promise<string[]>;
  /** Messages in these queues lose these names: they are other events' now. */
  unname(queues: readonly string[], origins: readonly string[]): Promise<void>;
  /** Removes messages by the names of their events. */
  revoke(queue: string, origins: readonly string[]): Promise<void>;
  /**
   * Puts all messages of a queue into another one, behind what is there; of two that stand for the same event one stays.
   * @returns how many were moved
   */
  move(queue: string, to: string): Promise<number>;
  /**
   * The next messages in order of arrival, and therefore in order per topic, after the id given.
   * @param bytes the page ends with the message that reaches this many
   */
  peek(queue: string, after: number, limit: number, bytes?: number): Promise<OutboxEntry[]>;
  /** Removes acknowledged (or expired) messages; unknown ids are ignored. */
  remove(queue: string, ids: readonly number[]): Promise<void>;
  usage(queue: string): Promise<QueueUsage>;
  /** All queues in which something waits. */
  queues(): Promise<QueueSummary[]>;
}

/**
 * Why a message lies in the store: `parked` until its next attempt; `kept` while it is worked on, so that its broker need
 * not wait for it; `held` until somebody decides about it.
 */
export type ParkedKind = 'parked' | 'kept' | 'held';

/** A message that was taken off the broker and will be tried again here. */
export interface NewParkedMessage {
  /** Identifies the message for whoever parks it; parking it again replaces it. Messages of one time come back in its order. */
  key: string;
  message: WireMessage;
  /** Attempts made so far. */
  attempts: number;
  /** When it may be tried again, milliseconds since the epoch. */
  nextAttemptAt: number;
  /** Why the last attempt failed. */
  reason: string;
  /** Default `parked`. */
  kind?: ParkedKind;
  /** Names the event in all its runs: see `Origin`. */
  origin?: string;
  /** What is decided about, if it is held. */
  by?: string;
  /** It is given up for this code and `reason`, and waits for a place for its dead letter; never processed again. */
  refusal?: ErrorCode;
  /** When this is written, milliseconds since the epoch; the machine's time, unless given. */
  at?: number;
  /** After this it must not be processed, by the same clock as `at`. */
  expiresAt?: number;
}

export interface ParkedMessage extends NewParkedMessage {
  /** When it was parked first. */
  parkedAt: number;
}

/** Messages whose flow asked for another attempt later; the broker has forgotten them, the store has not. */
export interface ParkedStore {
  park(queue: string, messages: readonly NewParkedMessage[]): Promise<void>;
  /**
   * For whoever takes over a queue from a process that is gone: what that one worked on falls due. What waits goes on
   * waiting for as long as it had left, whatever the clock was set to meanwhile, as long as the machine ran on; else what
   * was written at a later time than now, by a clock that has been set back, falls due.
   * @returns what is held, by the decision that it waits for
   */
  takeUp(queue: string, now: number): Promise<{ by: string; count: number }[]>;
  /**
   * Messages whose time has come, earliest first.
   * @param except keys to leave out
   */
  due(queue: string, now: number, limit: number, except?: readonly string[]): Promise<ParkedMessage[]>;
  /** When the earliest message, or the earliest after that moment, falls due; undefined when there is none. */
  nextDueAt(queue: string, after?: number): Promise<number | undefined>;
  /** The names of the events that messages stand for, by their keys. */
  names(queue: string, limit: number): Promise<{ key: string; name: string }[]>;
  /** How many wait for their next attempt: of the kind `parked`. */
  waiting(queue: string): Promise<number>;
  /** What is held, by the decision that it waits for. */
  held(queue: string): Promise<{ by: string; count: number }[]>;
  /**
   * What is held by this falls due.
   * @param refusal why it is given up instead of processed
   * @returns how many messages that were
   */
  decide(
    queue: string,
    by: string,
    now: number,
    refusal?: { code: ErrorCode; reason: string },
  ): Promise<number>;
  remove(queue: string, keys: readonly string[]): Promise<void>;
  usage(queue: string): Promise<QueueUsage>;
  /** All queues in which something waits. */
  queues(): Promise<QueueSummary[]>;
}

/** How many marks a scope keeps, and for how long. */
export interface DeduplicationWindow {
  count: number;
  /** Milliseconds. */
  age: number;
}

/** Which messages have been dealt with, within a bounded window. */
export interface DeduplicationStore {
  /**
   * Which of the keys carry a mark.
   * @param since older marks do not count; one from the future does, because a clock was set back
   */
  seen(scope: string, keys: readonly string[], since?: number): Promise<Set<string>>;
  mark(scope: string, keys: readonly string[], at: number): Promise<void>;
  /** Forgets marks outside the window. @returns how many were forgotten */
  trim(scope: string, window: DeduplicationWindow, now: number): Promise<number>;
}

/**
 * Everything that settling one message changes, committed together: either the mark is there and the message has its
 * next home, or neither happened and the broker delivers it again.
 */
export interface Settlement {
  queue: string;
  mark?: { scope: string; key: string; at: number };
  park?: NewParkedMessage;
  /** Key of the parked message that this settles. */
  release?: string;
  deadLetter?: NewDeadLetter;
  /** A message for the queue of the outbox with the same name. */
  publish?: WireMessage;
}
