/** What both databases take as a parameter and give back. Times are milliseconds since the epoch in `number`. */
export type SqlValue = null | number | string | Uint8Array;
export type Row = Record<string, SqlValue>;

/** One statement; `?` stands for each parameter, never for anything written into the text. */
export interface Statement {
  sql: string;
  parameters: readonly SqlValue[];
}

/** Many rows for one table. Each database has its own fastest way of writing them. */
export interface BulkInsert {
  table: BulkTable;
  rows: readonly (readonly SqlValue[])[];
}

/** PostgreSQL's types of such columns. */
export type ColumnType = 'text' | 'bytea' | 'int8';

/** The tables rows are written to in bulk, with their columns and PostgreSQL's types for them. */
export const BULK_TABLES = {
  mirror: {
    topic: 'text',
    body: 'bytea',
    document: 'text',
    kind: 'text',
    trace_id: 'text',
    contract: 'text',
    type: 'text',
    event_time: 'int8',
    recorded_at: 'int8',
    message: 'text',
  },
  dead_letters: {
    topic: 'text',
    body: 'bytea',
    message: 'text',
    contract: 'text',
    type: 'text',
    code: 'text',
    reason: 'text',
    fault: 'text',
    failed_at: 'int8',
    record: 'text',
    digest: 'text',
  },
  outbox: {
    queue: 'text',
    topic: 'text',
    body: 'bytea',
    message: 'text',
    bytes: 'int8',
    enqueued_at: 'int8',
    origin: 'text',
    boot: 'text',
    uptime: 'int8',
  },
} as const satisfies Record<string, Readonly<Record<string, ColumnType>>>;

export type BulkTable = keyof typeof BULK_TABLES;

/** One change; a unit of several is committed together or not at all. */
export type Operation = Statement | BulkInsert;

export function isBulk(operation: Operation): operation is BulkInsert {
  return 'rows' in operation;
}

export interface OperationResult {
  /** Rows that RETURNING gave; for a bulk insert one `{ id }` per row in the order given (not for the mirror). */
  rows: Row[];
  /** Rows changed. */
  changes: number;
}

/** What the tables need of a database. */
export interface Database {
  readonly dialect: Dialect;
  /** Commits the unit, together with whatever else waits to be written. @returns one result per operation */
  write(unit: readonly Operation[]): Promise<OperationResult[]>;
  read(statement: Statement): Promise<Row[]>;
}

/** The few places where the two databases' SQL differs. */
export interface Dialect {
  /** The tables that hold the rows of `gridwire_mirror_events`, joined by `id`. */
  readonly mirrorTables: readonly string[];
  /** An expression: the database's own time, milliseconds since the epoch. */
  readonly now: string;
  /** A condition: the bytes of the column contain those given as the next parameter. */
  containsBytes(column: string): string;
  /** A condition: the text of the column contains that given as the next parameter. */
  containsText(column: string): string;
  /** A condition: the column matches the regular expression given as the next parameter. */
  matches(column: string): string;
  /** The columns of `dlq_events`, in the order id, topic, reason, record, time, from those of `gridwire_dead_letters`. */
  readonly letterColumns: string;
  /** The next parameter, in milliseconds, as the type of a `created_at` column. */
  moment(): string;
  /** What the mirror keeps of a body beside its bytes; null where the database finds it out itself, or has no such column. */
  mirrorColumns(body: Uint8Array): { document: string | null; kind: string | null; traceId: string | null };
  /** A condition: the column is one of the values of a list. */
  oneOf(column: string, values: readonly string[] | readonly number[]): Statement;
}
