import type { RetryData } from '../../contracts/contract-data.js';
import type { About } from '../../observe/facts/facts.js';
import { type BreakerOptions, DEFAULT_BREAKER } from './breaker.js';

export interface OutboxOptions {
  /** Most events that may wait or be under way. */
  maxCount: number;
  /** Most bytes that they may occupy (topic, key, headers and body). */
  maxBytes: number;
  /** Milliseconds an event may wait before it fails. */
  maxAge: number;
  /** What happens to a new event when the outbox is full: it is refused, or the oldest waiting one gives way. */
  whenFull: 'reject' | 'drop-oldest';
  /** Most events handed to the broker and not yet acknowledged. */
  window: number;
  /** Events a second at which what waited for a connection is sent when there is one again; 0: as fast as it goes. */
  drainRate: number;
  breaker: BreakerOptions;
  /** With a journal: how much of what is kept is in memory at most; the rest is in the journal only. */
  inMemory: MemoryLimits;
}

export interface MemoryLimits {
  count: number;
  bytes: number;
}

export const DEFAULT_OUTBOX: OutboxOptions = {
  maxCount: 10_000,
  maxBytes: 64 * 1_048_576,
  maxAge: 24 * 3_600_000,
  whenFull: 'reject',
  window: 100,
  drainRate: 0,
  breaker: DEFAULT_BREAKER,
  inMemory: { count: 1_000, bytes: 16 * 1_048_576 },
};

/** How one event is delivered. */
export interface SendRule {
  /** How often it is tried when the broker refuses it; once where nothing is said. */
  retry?: RetryData;
  /** After an outage it goes before what waited, because its newest value matters first. */
  liveFirst?: boolean;
  /** What kind of event it is, for those who count. */
  about?: About;
}

/** An event that is refused by the broker is not tried again unless its contract says so. */
export const NO_RETRY: RetryData = { attempts: 1, delay: 0, factor: 1, maximumDelay: 0 };

/** Wait before what a store failed to do is tried again, milliseconds. */
export const STORE_RETRY = 2_000;

/** How long a queue in which something was left is not sent, so that sources can say what of it is theirs, milliseconds. */
export const SOURCES_FIRST = 1_000;
