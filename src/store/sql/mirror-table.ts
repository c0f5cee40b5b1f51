import type { MirrorEntry, MirrorQuery, MirrorRecord, MirrorStore } from '../mirror-store.js';
import { Conditions } from './conditions.js';
import type { BulkInsert, Database, Dialect, Row, SqlValue } from './database.js';
import { messageColumn, messageOf } from './message-columns.js';
import { storableTime } from './storable.js';
import { topicPattern } from './topic-pattern.js';

/** The mirror over the relation `gridwire_mirror_events`: a table in SQLite, a view in PostgreSQL. */
export class MirrorTable implements MirrorStore {
  constructor(private readonly database: Database) {}

  async append(entries: readonly MirrorEntry[]): Promise<void> {
    if (entries.length === 0) return;
    await this.database.write([mirrorInsert(entries, this.database.dialect)]);
  }

  async read(query: MirrorQuery, after: number, limit: number): Promise<MirrorRecord[]> {
    const conditions = this.select(query).and('id > ?', after);
    const rows = await this.database.read({
      sql: `SELECT id, topic, body, kind, contract, type, event_time, recorded_at, message
        FROM gridwire_mirror_events ${conditions.where} ORDER BY id LIMIT ?`,
      parameters: [...conditions.parameters, limit],
    });
    return rows.map(recordOf);
  }

  async count(query: MirrorQuery): Promise<number> {
    const conditions = this.select(query);
    const [row] = await this.database.read({
      sql: `SELECT count(*) AS count FROM gridwire_mirror_events ${conditions.where}`,
      parameters: conditions.parameters,
    });
    return Number(row?.count ?? 0);
  }

  private select(query: MirrorQuery): Conditions {
    const { dialect } = this.database;
    const conditions = new Conditions();
    if (query.from !== undefined) conditions.and(`created_at >= ${dialect.moment()}`, query.from);
    if (query.to !== undefined) conditions.and(`created_at < ${dialect.moment()}`, query.to);
    if (query.topicFilter !== undefined) {
      conditions.and(dialect.matches('topic'), topicPattern(query.topicFilter));
    }
    for (const [column, values] of [
      ['kind', query.kinds],
      ['type', query.types],
    ] as const) {
      if (values === undefined) continue;
      const list = dialect.oneOf(column, values);
      conditions.and(list.sql, ...list.parameters);
    }
    return conditions;
  }
}

/** The rows of a batch, in the order of `BULK_TABLES.mirror`. */
function mirrorInsert(entries: readonly MirrorEntry[], dialect: Dialect): BulkInsert {
  const now = Date.now();
  return {
    table: 'mirror',
    rows: entries.map((entry): SqlValue[] => {
      const { document, kind, traceId } = dialect.mirrorColumns(entry.message.body);
      return [
        entry.message.topic,
        entry.message.body,
        document,
        entry.kind ?? kind,
        traceId,
        entry.contract ?? null,
        entry.type ?? null,
        entry.time === undefined ? null : storableTime(entry.time),
        storableTime(entry.recordedAt ?? now),
        messageColumn(entry.message),
      ];
    }),
  };
}

function recordOf(row: Row): MirrorRecord {
  return {
    id: Number(row.id),
    message: messageOf(row),
    recordedAt: Number(row.recorded_at),
    ...(typeof row.kind === 'string' ? { kind: row.kind } : {}),
    ...(typeof row.contract === 'string' ? { contract: row.contract } : {}),
    ...(typeof row.type === 'string' ? { type: row.type } : {}),
    ...(typeof row.event_time === 'number' ? { time: row.event_time } : {}),
  };
}
