import { EventEmitter } from 'node:events';
import { GridwireError, toGridwireError } from '../../errors.js';
import type { JsonObject } from '../../event.js';
import type {
  Durability,
  EventStore,
  EventStoreEvents,
  QueueTenure,
  StoreKind,
  StoreSize,
  StoreState,
  StoreStatus,
} from '../event-store.js';
import type { EraseReceipt } from '../erase.js';
import { eraseSubject } from './erase.js';
import type { RetentionReport, RetentionRules } from '../retention.js';
import { reclaimAll, retain } from './retention.js';
import type { Settlement } from '../queue-stores.js';
import { AuditTable } from './audit-table.js';
import type { Database, Operation } from './database.js';
import { deadLetterInsert } from './dead-letter-rows.js';
import { DeadLetterTable } from './dead-letter-table.js';
import { DeduplicationTable, markStatement } from './deduplication-table.js';
import { LastValueTable } from './last-value-table.js';
import { LeaseTable } from './lease-table.js';
import { MirrorTable } from './mirror-table.js';
import { OutboxTable } from './outbox-table.js';
import { ParkedTable, parkStatement, releaseStatement } from './parked-table.js';
import { ReplayCursorTable } from './replay-cursor-table.js';
import { storable, storableStatement } from './storable.js';
import type { WriteQueue } from './write-queue.js';

/** What a database must do beyond statements. */
export interface SqlBackend extends Database {
  readonly kind: StoreKind;
  readonly durability: Durability;
  readonly queue: WriteQueue;
  /** See `EventStore.ownQueue`. */
  ownQueue(queue: string): Promise<string>;
  /** See `EventStore.inherit`. */
  inherit(): Promise<string[]>;
  /** See `EventStore.localQueue`. */
  localQueue(queue: string): string | undefined;
  /** See `EventStore.tenure`. */
  readonly tenure: QueueTenure;
  size(): Promise<StoreSize>;
  reclaim(): Promise<number>;
  verify(): Promise<string[]>;
  backup(file: string): Promise<void>;
  restore(file: string): Promise<void>;
  close(): Promise<void>;
}

/** The event store over a SQL database: the tables, put together, and the state of the whole. */
export class SqlStore extends EventEmitter<EventStoreEvents> implements EventStore {
  readonly mirror: MirrorTable;
  readonly deadLetters: DeadLetterTable;
  readonly outbox: OutboxTable;
  readonly parked: ParkedTable;
  readonly deduplication: DeduplicationTable;
  readonly lastValues: LastValueTable;
  readonly audit: AuditTable;
  readonly replayCursors: ReplayCursorTable;
  readonly leases: LeaseTable;
  private readonly database: Database;
  private readonly ownQueues = new Map<string, { generation: number; name: Promise<string> }>();
  private state: StoreState = 'open';
  private error: GridwireError | undefined;
  /** Since it was open last. */
  private failures = 0;
  private closing: Promise<void> | undefined;

  constructor(private readonly backend: SqlBackend) {
    super();
    const database: Database = {
      dialect: backend.dialect,
      write: (unit) => this.watch(async () => backend.write(storable(unit))),
      read: (statement) => this.watch(async () => backend.read(storableStatement(statement)), true),
    };
    this.database = database;
    this.mirror = new MirrorTable(database);
    this.deadLetters = new DeadLetterTable(database);
    this.outbox = new OutboxTable(database);
    this.parked = new ParkedTable(database);
    this.deduplication = new DeduplicationTable(database);
    this.lastValues = new LastValueTable(database);
    this.audit = new AuditTable(database);
    this.replayCursors = new ReplayCursorTable(database);
    this.leases = new LeaseTable(database);
  }

  get kind(): StoreKind {
    return this.backend.kind;
  }

  async settle(settlement: Settlement): Promise<number | undefined> {
    const { queue, mark, park, release, deadLetter, publish } = settlement;
    const unit: Operation[] = [];
    if (release !== undefined) unit.push(releaseStatement(queue, release));
    if (park) unit.push(parkStatement(queue, park));
    if (deadLetter) unit.push(deadLetterInsert([deadLetter]));
    if (mark) unit.push(markStatement(mark.scope, mark.key, mark.at));
    if (publish === undefined) {
      await this.database.write(unit);
      return undefined;
    }
    return this.outbox.addWith(queue, publish, unit);
  }

  ownQueue(queue: string): Promise<string> {
    const { generation } = this.tenure;
    const known = this.ownQueues.get(queue);
    if (known?.generation === generation) return known.name;
    const own = this.watch(() => this.backend.ownQueue(queue));
    this.ownQueues.set(queue, { generation, name: own });
    own.catch(() => this.ownQueues.delete(queue));
    return own;
  }

  inherit(): Promise<string[]> {
    return this.watch(() => this.backend.inherit());
  }

  localQueue(queue: string): string | undefined {
    return this.backend.localQueue(queue);
  }

  get tenure(): QueueTenure {
    return this.backend.tenure;
  }

  status(): StoreStatus {
    const { units, bytes } = this.backend.queue.pending;
    const { commitTimes: commit, silentFor } = this.backend.queue;
    return {
      state: this.state,
      durability: this.backend.durability,
      pending: units,
      pendingBytes: bytes,
      ...(this.error ? { error: this.error } : {}),
      ...(silentFor === undefined ? {} : { silentFor }),
      ...(commit ? { commit } : {}),
    };
  }

  size(): Promise<StoreSize> {
    return this.watch(() => this.backend.size());
  }

  reclaim(): Promise<number> {
    return this.watch(() => this.backend.reclaim());
  }

  applyRetention(rules: RetentionRules, now = Date.now()): Promise<RetentionReport> {
    return retain(
      { database: this.database, size: () => this.size(), reclaim: () => this.reclaim() },
      rules,
      now,
    );
  }

  async erase(subject: string, actor: string, note: JsonObject = {}): Promise<EraseReceipt> {
    const receipt = await eraseSubject(this.database, subject, actor, note);
    await reclaimAll(this);
    return receipt;
  }

  verify(): Promise<string[]> {
    return this.watch(() => this.backend.verify());
  }

  async backup(file: string): Promise<void> {
    await this.watch(() => this.backend.backup(file));
  }

  async restore(file: string): Promise<void> {
    await this.backend.queue.drain();
    await this.watch(() => this.backend.restore(file));
  }

  close(): Promise<void> {
    this.closing ??= this.finish();
    return this.closing;
  }

  /** Tells listeners of something that no promise reports. */
  report(error: GridwireError): void {
    this.emit('problem', error);
  }

  /** Says that the database cannot be used, which was found out while nobody asked. */
  becameUnavailable(error: GridwireError): void {
    this.change('unavailable', error);
  }

  private async finish(): Promise<void> {
    await this.backend.queue.drain();
    this.change('closed');
    await this.backend.close();
  }

  /** Runs one action and keeps the store's state by its outcome: a store is as available as its last answer. */
  private async watch<Result>(action: () => Promise<Result>, isReading = false): Promise<Result> {
    if (this.closing) throw new GridwireError('STORE_UNAVAILABLE', 'The store is closed.');
    try {
      const result = await action();
      // A full disk can be read from all the time.
      if (!isReading || this.error?.code !== 'STORE_FULL') this.change('open');
      return result;
    } catch (error) {
      const fault = toGridwireError(error);
      if (STATE_FAULTS.has(fault.code)) {
        this.failures += 1;
        this.change('unavailable', fault);
      }
      throw fault;
    }
  }

  private change(state: StoreState, error?: GridwireError): void {
    if (this.state === 'closed' || (this.state === state && this.error?.code === error?.code)) return;
    this.state = state;
    this.error = error;
    const { failures } = this;
    if (state === 'open') this.failures = 0;
    this.emit('state', state, error, failures);
  }
}

/** Faults of the store itself, as opposed to those of one request. */
const STATE_FAULTS = new Set(['STORE_UNAVAILABLE', 'STORE_LOCKED', 'STORE_FULL', 'STORE_DAMAGED']);
