import { describeBody } from '../sql/body-description.js';
import { BULK_TABLES, type BulkTable, type SqlValue } from '../sql/database.js';

/** One statement that writes (a part of) a row, and which of the row's values it takes. */
export interface RowStatement {
  sql: string;
  pick: (row: readonly SqlValue[]) => SqlValue[];
}

/**
 * How each kind of row is written. Several statements share one row; the id of the row is the last one's.
 */
export const ROW_STATEMENTS: { [Table in BulkTable]: readonly RowStatement[] } = {
  mirror: [
    describing(
      into('mirror', 'gridwire_mirror', {
        topic: 'topic',
        body: 'body',
        kind: 'kind',
        trace_id: 'trace_id',
        contract: 'contract',
        type: 'type',
        event_time: 'event_time',
        created_at: 'recorded_at',
        message: 'message',
      }),
    ),
  ],
  dead_letters: [
    into('dead_letters', 'dlq_events', {
      original_topic: 'topic',
      failure_reason: 'reason',
      payload: 'record',
      created_at: 'failed_at',
    }),
    into(
      'dead_letters',
      'gridwire_dead_letters',
      {
        topic: 'topic',
        body: 'body',
        message: 'message',
        contract: 'contract',
        type: 'type',
        code: 'code',
        reason: 'reason',
        fault: 'fault',
      },
      {
        id: { sql: 'last_insert_rowid()', values: [] },
        lineage: { sql: earlier('coalesce(lineage, id)'), values: ['digest'] },
        attempts: { sql: `coalesce(${earlier('attempts')}, 0)`, values: ['digest'] },
      },
    ),
  ],
  outbox: [
    into('outbox', 'gridwire_outbox', {
      queue: 'queue',
      topic: 'topic',
      body: 'body',
      message: 'message',
      bytes: 'bytes',
      enqueued_at: 'enqueued_at',
      origin: 'origin',
      boot: 'boot',
      uptime: 'uptime',
    }),
  ],
};

/** What is known of the last letter whose event was sent again with this digest. */
function earlier(column: string): string {
  return `(SELECT ${column} FROM gridwire_dead_letters WHERE sent = ? ORDER BY id DESC LIMIT 1)`;
}

type Column<Table extends BulkTable> = keyof (typeof BULK_TABLES)[Table] & string;

/**
 * @param columns column of the table -> value of the row
 * @param computed column of the table -> SQL expression, with the values for its parameters
 */
function into<Table extends BulkTable>(
  bulk: Table,
  table: string,
  columns: Record<string, Column<Table>>,
  computed: Record<string, { sql: string; values: readonly Column<Table>[] }> = {},
): RowStatement {
  const order = Object.keys(BULK_TABLES[bulk]);
  const expressions = Object.values(computed);
  const taken = [...expressions.flatMap(({ values }) => values), ...Object.values(columns)];
  const indices = taken.map((name) => order.indexOf(name));
  const names = [...Object.keys(computed), ...Object.keys(columns)];
  const values = [...expressions.map(({ sql }) => sql), ...Object.keys(columns).map(() => '?')];
  return {
    sql: `INSERT INTO ${table} (${names.join(', ')}) VALUES (${values.join(', ')})`,
    pick: (row) => indices.map((index) => row[index] ?? null),
  };
}

/** Takes `kind` and `trace_id` of a mirrored event from its body where the row does not have them. */
function describing({ sql, pick }: RowStatement): RowStatement {
  const order = Object.keys(BULK_TABLES.mirror);
  const body = order.indexOf('body');
  const kind = order.indexOf('kind');
  const traceId = order.indexOf('trace_id');
  return {
    sql,
    pick: (row) => {
      const found = describeBody(row[body] as Uint8Array);
      const described = [...row];
      described[kind] ??= found.kind ?? null;
      described[traceId] ??= found.traceId ?? null;
      return pick(described);
    },
  };
}
