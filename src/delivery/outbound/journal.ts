import type { WireMessage } from '../../event.js';
import type { NamedRow } from '../../store/queue-stores.js';
import type { LeftOver } from './handover.js';

/** Which event a row of a journal stands for. */
export interface Origin {
  /** Unique within the queue. */
  name: string;
  /**
   * What a row of that name is, if there is one. `same`: this event, which was delivered again; the row stands for it.
   * `other`: another event, whose name was used again; its row loses the name. `never`: nothing else can have the name.
   */
  found: 'same' | 'other' | 'never';
}

/** An event that a journal has kept. */
export interface KeptEntry {
  /** Grows in the order of arrival. */
  id: number;
  message: WireMessage;
  origin: string | undefined;
  /** How long it has been there, as well as that can be known, milliseconds. */
  age: number;
  /** How long after that it may still be sent; undefined where the event has no such time. */
  timeToLive: number | undefined;
}

/** What stands in a journal before anything is added. */
export interface JournalUsage {
  count: number;
  bytes: number;
  /** The highest id; 0 for an empty one. */
  newestId: number;
}

/**
 * Keeps accepted events where they outlive the process, until their broker has acknowledged them. Any call may fail,
 * before or after its effect; all can be made again.
 */
export interface OutboxJournal {
  /**
   * Writes an event, or finds its row, which then gets the topic and body that the event has now.
   * @returns after the commit; its id, growing in the order of the calls
   */
  add(message: WireMessage, origin: Origin): Promise<NamedRow>;
  /** Forgets events. */
  remove(ids: readonly number[]): Promise<void>;
  /** Forgets what may have been written although its sender was told that it was not. */
  revoke(origins: readonly string[]): Promise<void>;
  /**
   * What is kept, in order, after an id.
   * @param bytes enough once the entries before have reached this many
   */
  load(after: number, limit: number, bytes: number): Promise<KeptEntry[]>;
  /** How much is kept, when the queue is this outbox's alone. */
  usage(): Promise<JournalUsage>;
  /** The outbox is closed; calls may be under way. */
  leaving(): void;
  /** The outbox is closed and has no call under way. @param left is to be removed by the next one */
  leave(left: LeftOver): void;
  /**
   * Until when this process alone may work on it, by the clock that does not jump; Infinity where nobody else can.
   * Who slept through it finds that its events may have gone to another process.
   */
  validUntil(): number;
  /** Counts how often another process has taken the queue: what was known of it is void then. */
  generation(): number;
}
