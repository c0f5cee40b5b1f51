import type { Durability, StoreSize } from '../event-store.js';
import type { Dialect, Operation, OperationResult, Row, Statement } from '../sql/database.js';
import type { SqlBackend } from '../sql/sql-store.js';
import { portableJson } from '../sql/portable-json.js';
import { WriteQueue, type UnitOutcome } from '../sql/write-queue.js';
import { fromErrorData } from './errors.js';
import { handover } from './handover.js';
import type { WorkerClient } from './worker-client.js';

/** Few enough rows that handing them over, and answering for them, does not hold up the event loop. */
const LIMITS = { pendingBytes: 64 * 1024 * 1024, rowsPerCommit: 200 };

const SQLITE: Dialect = {
  mirrorTables: ['gridwire_mirror'],
  letterColumns: 'id, topic, reason, record, failed_at',
  now: "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
  containsBytes: (column) => `instr(${column}, ?) > 0`,
  containsText: (column) => `instr(${column}, ?) > 0`,
  matches: (column) => `${column} REGEXP ?`,
  moment: () => '?',
  // The worker reads the body: parsing is work that must not hold up the event loop.
  mirrorColumns: () => ({ document: null, kind: null, traceId: null }),
  oneOf: (column, values) => ({
    sql: `${column} IN (SELECT value FROM json_each(?))`,
    parameters: [portableJson(values)],
  }),
};

/** SQLite behind its worker: writes in groups, everything else question by question. */
export class SqliteDatabase implements SqlBackend {
  readonly kind = 'sqlite';
  readonly dialect = SQLITE;
  /** The lock of the file outlives a suspension, and ends with the process. */
  readonly tenure = { validUntil: Infinity, generation: 0 };
  readonly queue = new WriteQueue((units) => this.commit(units), LIMITS, this.kind);

  constructor(
    private readonly client: WorkerClient,
    readonly durability: Durability,
  ) {}

  write(unit: readonly Operation[]): Promise<OperationResult[]> {
    return this.queue.push(unit);
  }

  read(statement: Statement): Promise<Row[]> {
    return this.client.ask('read', statement);
  }

  /** No other process writes to the file. */
  ownQueue(queue: string): Promise<string> {
    return Promise.resolve(queue);
  }

  inherit(): Promise<string[]> {
    return Promise.resolve([]);
  }

  localQueue(queue: string): string {
    return queue;
  }

  size(): Promise<StoreSize> {
    return this.client.ask('size', null);
  }

  reclaim(): Promise<number> {
    return this.client.ask('reclaim', null);
  }

  verify(): Promise<string[]> {
    return this.client.ask('verify', null);
  }

  async backup(file: string): Promise<void> {
    await this.client.ask('backup', file);
  }

  async restore(file: string): Promise<void> {
    await this.client.ask('restore', file);
  }

  close(): Promise<void> {
    return this.client.close();
  }

  private async commit(units: readonly (readonly Operation[])[]): Promise<UnitOutcome[]> {
    const outcomes = await this.client.ask('write', handover(units));
    return outcomes.map((outcome) =>
      'refused' in outcome ? { error: fromErrorData(outcome.refused) } : outcome,
    );
  }
}
