import type { ErrorCode, FaultClass } from '../../errors.js';
import type { JsonObject } from '../../event.js';
import type {
  DeadLetter,
  DeadLetterQuery,
  DeadLetterState,
  DeadLetterStore,
  DeadLetterSummary,
  FailedAttempt,
  NewDeadLetter,
} from '../dead-letter-store.js';
import { Conditions } from './conditions.js';
import type { BulkInsert, Database, Row, SqlValue } from './database.js';
import { messageColumn, messageOf } from './message-columns.js';
import { portableJson } from './portable-json.js';
import { topicPattern } from './topic-pattern.js';

/**
 * Dead letters over `dlq_events` (TaylorDash's table) and `gridwire_dead_letters` beside it (bytes, class, attempts).
 * The view `gridwire_dead_letter_events` joins them and also shows letters that TaylorDash itself wrote; those get
 * their second half at the first change, which is why changes are written as upserts.
 */
export class DeadLetterTable implements DeadLetterStore {
  constructor(private readonly database: Database) {}

  async add(letters: readonly NewDeadLetter[]): Promise<number[]> {
    if (letters.length === 0) return [];
    const [result] = await this.database.write([deadLetterInsert(letters)]);
    return (result?.rows ?? []).map((row) => Number(row.id));
  }

  async get(id: number): Promise<DeadLetter | undefined> {
    const rows = await this.database.read({
      sql: `SELECT * FROM gridwire_dead_letter_events WHERE id = ?`,
      parameters: [id],
    });
    return rows[0] && letterOf(rows[0]);
  }

  async list(query: DeadLetterQuery, after: number, limit: number): Promise<DeadLetter[]> {
    const conditions = this.select(query).and('id > ?', after);
    const rows = await this.database.read({
      sql: `SELECT * FROM gridwire_dead_letter_events ${conditions.where} ORDER BY id LIMIT ?`,
      parameters: [...conditions.parameters, limit],
    });
    return rows.map(letterOf);
  }

  async newest(query: DeadLetterQuery, before: number, limit: number): Promise<DeadLetterSummary[]> {
    const conditions = this.select(query).and('id < ?', before);
    const rows = await this.database.read({
      sql: `SELECT id, topic, coalesce(length(body), 0) AS bytes, contract, type, code, reason, fault, failed_at, state,
          attempts, last_error
        FROM gridwire_dead_letter_events ${conditions.where} ORDER BY id DESC LIMIT ?`,
      parameters: [...conditions.parameters, limit],
    });
    return rows.map((row) => ({
      ...described(row),
      topic: String(row.topic),
      bytes: Number(row.bytes),
    }));
  }

  async countByCode(query: DeadLetterQuery): Promise<Record<string, number>> {
    const conditions = this.select(query);
    const rows = await this.database.read({
      sql: `SELECT code, count(*) AS count FROM gridwire_dead_letter_events ${conditions.where}
        GROUP BY code ORDER BY code`,
      parameters: conditions.parameters,
    });
    return Object.fromEntries(rows.map((row) => [String(row.code), Number(row.count)]));
  }

  async count(query: DeadLetterQuery): Promise<number> {
    const conditions = this.select(query);
    const [row] = await this.database.read({
      sql: `SELECT count(*) AS count FROM gridwire_dead_letter_events ${conditions.where}`,
      parameters: conditions.parameters,
    });
    return Number(row?.count ?? 0);
  }

  async beginAttempts(ids: readonly number[]): Promise<void> {
    const list = this.database.dialect.oneOf('id', ids);
    await this.database.write([
      {
        sql: `INSERT INTO gridwire_dead_letters (id, state, attempts)
          SELECT id, 'recovering', 1 FROM dlq_events WHERE ${list.sql}
          ON CONFLICT (id) DO UPDATE SET state = 'recovering', attempts = gridwire_dead_letters.attempts + 1`,
        parameters: list.parameters,
      },
    ]);
  }

  async markRecovered(ids: readonly number[], at: number): Promise<void> {
    const list = this.database.dialect.oneOf('id', ids);
    await this.database.write([
      {
        sql: `UPDATE gridwire_dead_letters SET state = 'recovered', recovered_at = ?, last_error = NULL
          WHERE ${list.sql}`,
        parameters: [at, ...list.parameters],
      },
    ]);
  }

  async markFailed(failures: readonly FailedAttempt[]): Promise<void> {
    await this.database.write(
      failures.map(({ id, error, counts }) => ({
        sql: `UPDATE gridwire_dead_letters SET state = 'waiting', last_error = ?, attempts = attempts - ?
          WHERE id = ?`,
        parameters: [error.slice(0, MAX_REASON), counts ? 0 : 1, id],
      })),
    );
  }

  async discard(ids: readonly number[]): Promise<number> {
    const list = this.database.dialect.oneOf('id', ids);
    const [result] = await this.database.write([
      {
        sql: `INSERT INTO gridwire_dead_letters (id, state, attempts)
          SELECT id, 'discarded', 0 FROM dlq_events WHERE ${list.sql}
          ON CONFLICT (id) DO UPDATE SET state = 'discarded'
            WHERE gridwire_dead_letters.state IN ('waiting', 'recovering')`,
        parameters: list.parameters,
      },
    ]);
    return result?.changes ?? 0;
  }

  private select(query: DeadLetterQuery): Conditions {
    const { dialect } = this.database;
    const conditions = new Conditions();
    if (query.topicFilter !== undefined) {
      conditions.and(dialect.matches('topic'), topicPattern(query.topicFilter));
    }
    if (query.fault !== undefined) conditions.and('fault = ?', query.fault);
    if (query.from !== undefined) conditions.and(`created_at >= ${dialect.moment()}`, query.from);
    if (query.to !== undefined) conditions.and(`created_at < ${dialect.moment()}`, query.to);
    if (query.attemptsBelow !== undefined) conditions.and('attempts < ?', query.attemptsBelow);
    for (const [column, values] of [
      ['id', query.ids],
      ['code', query.codes],
      ['state', query.states],
    ] as const) {
      if (values === undefined) continue;
      const list = dialect.oneOf(column, values);
      conditions.and(list.sql, ...list.parameters);
    }
    return conditions;
  }
}

/** Long enough for any message of ours, short enough that a hostile one costs nothing. */
const MAX_REASON = 2_000;

/** The rows of a batch, in the order of `BULK_TABLES.dead_letters`. */
export function deadLetterInsert(letters: readonly NewDeadLetter[]): BulkInsert {
  return {
    table: 'dead_letters',
    rows: letters.map((letter): SqlValue[] => [
      letter.message.topic,
      letter.message.body,
      messageColumn(letter.message),
      letter.contract ?? null,
      letter.type ?? null,
      letter.code,
      letter.reason.slice(0, MAX_REASON).replaceAll('\0', '\ufffd'),
      letter.fault,
      letter.failedAt,
      portableJson(letter.record ?? standardRecord(letter)),
    ]),
  };
}

/** TaylorDash's dead-letter body, for letters whose contract names none. */
function standardRecord(letter: NewDeadLetter): JsonObject {
  return {
    original_topic: letter.message.topic,
    failure_reason: letter.reason.slice(0, MAX_REASON),
    failure_timestamp: new Date(letter.failedAt).toISOString(),
    payload: new TextDecoder().decode(letter.message.body),
  };
}

function letterOf(row: Row): DeadLetter {
  const record = typeof row.record === 'string' ? (JSON.parse(row.record) as JsonObject) : undefined;
  return {
    ...described(row),
    message: messageOf({ ...row, body: row.body ?? originalBody(record) }),
    ...(record === undefined ? {} : { record }),
    ...(typeof row.recovered_at === 'number' ? { recoveredAt: row.recovered_at } : {}),
  };
}

/** What lists and whole letters have in common. */
function described(row: Row): Omit<DeadLetterSummary, 'topic' | 'bytes'> {
  return {
    id: Number(row.id),
    code: String(row.code) as ErrorCode,
    reason: String(row.reason),
    fault: String(row.fault) as FaultClass,
    failedAt: Number(row.failed_at),
    state: String(row.state) as DeadLetterState,
    attempts: Number(row.attempts),
    ...(typeof row.contract === 'string' ? { contract: row.contract } : {}),
    ...(typeof row.type === 'string' ? { type: row.type } : {}),
    ...(typeof row.last_error === 'string' ? { lastError: row.last_error } : {}),
  };
}

/** A letter that TaylorDash wrote has no bytes of its own: its message is the `payload` inside the record. */
function originalBody(record: JsonObject | undefined): string {
  const payload = record?.payload ?? null;
  return typeof payload === 'string' ? payload : JSON.stringify(payload);
}
