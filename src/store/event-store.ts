import type { EventEmitter } from 'node:events';
import type { GridwireError } from '../errors.js';
import type { JsonObject } from '../event.js';
import type { DeadLetterStore } from './dead-letter-store.js';
import type { EraseReceipt } from './erase.js';
import type { LeaseStore } from './lease-store.js';
import type { MirrorStore } from './mirror-store.js';
import type { DeduplicationStore, OutboxStore, ParkedStore, Settlement } from './queue-stores.js';
import type { RetentionReport, RetentionRules } from './retention.js';
import type { AuditLog, LastValueStore, ReplayCursorStore } from './state-stores.js';
import type { StoreSize } from './store-size.js';

export type { StoreSize };

/**
 * Where events are kept. One interface over SQLite (embedded) and PostgreSQL; each part is a small interface of its
 * own, so that whoever needs an outbox asks for an outbox.
 *
 * Every write resolves after its commit, so a resolved promise survives `kill -9` (durability `process`) or a power cut
 * (durability `power`). Writes that wait at the same moment share a commit.
 */
export interface EventStore extends EventEmitter<EventStoreEvents> {
  readonly kind: StoreKind;
  readonly mirror: MirrorStore;
  readonly deadLetters: DeadLetterStore;
  readonly outbox: OutboxStore;
  readonly parked: ParkedStore;
  readonly deduplication: DeduplicationStore;
  readonly lastValues: LastValueStore;
  readonly audit: AuditLog;
  readonly replayCursors: ReplayCursorStore;
  readonly leases: LeaseStore;

  /**
   * Commits everything that settling one message changes, together.
   * @returns the id in the outbox of the message to publish, if there is one
   */
  settle(settlement: Settlement): Promise<number | undefined>;

  /**
   * The name under which a queue of the outbox and of parked messages is this process's alone, although others use the
   * same database and the same flow. What nobody works on any more is put into it first.
   */
  ownQueue(queue: string): Promise<string>;

  /**
   * Puts into the queues that `ownQueue` has named what instances had that have died since.
   * @returns the queues, as they were asked for, that got something
   */
  inherit(): Promise<string[]>;

  /** The name that a queue has in this process, of one that `ownQueue` names; undefined for another process's. */
  localQueue(queue: string): string | undefined;

  /** For how long the queues of this process are its alone. Never waits for the database. */
  readonly tenure: QueueTenure;

  /** What the store is doing, for status and panel. Never waits for the database. */
  status(): StoreStatus;

  /** Bytes on disk, and bytes that deleted rows still hold there. */
  size(): Promise<StoreSize>;

  /** Gives the space of deleted rows back to the disk, a bounded step at a time. @returns bytes still to give back */
  reclaim(): Promise<number>;

  /** Deletes what is older or more than the rules allow, and gives the space back. */
  applyRetention(rules: RetentionRules, now?: number): Promise<RetentionReport>;

  /**
   * Deletes every row that names the subject (a device, a user) as a whole word in topic, key, headers or body. The
   * receipt goes into the audit log and carries a digest of the subject, not the subject. Backups and copies of the
   * store are not touched.
   * @param note what the audit log says beside that
   */
  erase(subject: string, actor: string, note?: JsonObject): Promise<EraseReceipt>;

  /** Checks the store's consistency. @returns the problems found, none for a sound store */
  verify(): Promise<string[]>;

  /**
   * Writes a consistent copy while the store goes on working.
   * @throws GridwireError `NOT_SUPPORTED` where the database has tools of its own (PostgreSQL: pg_dump)
   */
  backup(file: string): Promise<void>;

  /**
   * Replaces the whole content by that of a backup, after verifying it. What was there is kept beside it.
   * @throws GridwireError `STORE_DAMAGED` when the backup is not sound; `NOT_SUPPORTED` for PostgreSQL
   */
  restore(file: string): Promise<void>;

  /** Commits what waits, then closes. Safe to call twice. */
  close(): Promise<void>;
}

/** Whether others may think that this process is dead, and take what waits in its queues. */
export interface QueueTenure {
  /** Until then nobody does, by the clock that does not jump; Infinity where no other process can. */
  validUntil: number;
  /** How often somebody did: the queues that `ownQueue` names now are other ones. */
  generation: number;
}

export type StoreKind = 'sqlite' | 'postgres';

/** `process` survives the death of the process; `power` also that of the machine. */
export type Durability = 'process' | 'power';

export type StoreState = 'open' | 'unavailable' | 'closed';

export interface StoreStatus {
  state: StoreState;
  durability: Durability;
  /** Why it is unavailable. */
  error?: GridwireError;
  /** Writes handed over and not yet committed. */
  pending: number;
  pendingBytes: number;
  /** For how long a commit has had no answer, with what it may take for being large left out, milliseconds. */
  silentFor?: number;
  /** Time of the last 100 commits, milliseconds; absent before the first. */
  commit?: { median: number; longest: number };
}

export interface EventStoreEvents {
  /** Told once for each change of the state or of its reason; `failures` is what went wrong meanwhile. */
  state: [state: StoreState, error?: GridwireError, failures?: number];
  /** Something a person should know and no promise reports: a damaged file set aside, the disk budget nearly used. */
  problem: [error: GridwireError];
}
