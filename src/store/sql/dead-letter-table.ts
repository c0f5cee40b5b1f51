import type { ErrorCode } from '../../errors.js';
import type {
  BegunAttempt,
  DeadLetter,
  DeadLetterGroup,
  DeadLetterQuery,
  DeadLetterStore,
  DeadLetterSummary,
  FailedAttempt,
  NewDeadLetter,
} from '../dead-letter-store.js';
import { Conditions } from './conditions.js';
import type { Database, Statement } from './database.js';
import { deadLetterInsert, described, letterOf, MAX_REASON, messageDigest } from './dead-letter-rows.js';
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

  async beginAttempts(attempts: readonly BegunAttempt[]): Promise<void> {
    if (attempts.length === 0) return;
    await this.database.write(
      attempts.map(({ id, message }) => ({
        sql: `INSERT INTO gridwire_dead_letters (id, state, attempts, sent)
          SELECT id, 'recovering', 1, ? FROM dlq_events WHERE id = ?
          ON CONFLICT (id) DO UPDATE SET state = 'recovering', attempts = gridwire_dead_letters.attempts + 1,
            sent = excluded.sent`,
        parameters: [messageDigest(message), id],
      })),
    );
  }

  async markRecovered(ids: readonly number[], at: number): Promise<void> {
    await this.database.write(this.settlement(ids, `'recovered'`, 'recovered_at = ?', at));
  }

  async markFailed(failures: readonly FailedAttempt[]): Promise<void> {
    await this.database.write(
      failures.map(({ id, error, begun, counts }) => {
        const text = error.slice(0, MAX_REASON);
        const change = (counts ? 1 : 0) - (begun ? 1 : 0);
        return {
          sql: `INSERT INTO gridwire_dead_letters (id, state, attempts, last_error)
            SELECT id, 'waiting', ?, ? FROM dlq_events WHERE id = ?
            ON CONFLICT (id) DO UPDATE SET state = 'waiting', last_error = excluded.last_error,
              attempts = gridwire_dead_letters.attempts + ?`,
          parameters: [Math.max(0, change), text, id, change],
        };
      }),
    );
  }

  async discard(ids: readonly number[], at = Date.now()): Promise<number> {
    const results = await this.database.write(this.settlement(ids, `'discarded'`, 'discarded_at = ?', at));
    return results[1]?.changes ?? 0;
  }

  async undiscard(ids: readonly number[], since: number): Promise<number> {
    const { dialect } = this.database;
    const list = dialect.oneOf('id', ids);
    const chosen = `state = 'discarded' AND discarded_at >= ? AND ${list.sql}`;
    const parameters = [since, ...list.parameters];
    const [back] = await this.database.write([
      {
        sql: `INSERT INTO dlq_events (id, original_topic, failure_reason, payload, created_at)
          SELECT ${dialect.letterColumns} FROM gridwire_dead_letters WHERE ${chosen}`,
        parameters,
      },
      {
        sql: `UPDATE gridwire_dead_letters SET state = 'waiting', discarded_at = NULL, failed_at = NULL, record = NULL
          WHERE ${chosen}`,
        parameters,
      },
    ]);
    return back?.changes ?? 0;
  }

  /**
   * The statements by which letters that wait come to their end: what `dlq_events` has of them moves into
   * `gridwire_dead_letters`, so that TaylorDash, which lists the former, does not list them any more.
   */
  private settlement(ids: readonly number[], state: string, column: string, at: number): Statement[] {
    const list = this.database.dialect.oneOf('id', ids);
    const listed = this.database.dialect.oneOf('e.id', ids);
    return [
      {
        sql: `INSERT INTO gridwire_dead_letters (id) SELECT id FROM dlq_events WHERE ${list.sql}
          ON CONFLICT (id) DO NOTHING`,
        parameters: list.parameters,
      },
      {
        sql: `UPDATE gridwire_dead_letters SET state = ${state}, ${column}, last_error = NULL, topic = e.topic,
            reason = e.reason, record = e.record, failed_at = e.failed_at
          FROM gridwire_dead_letter_events e
          WHERE e.id = gridwire_dead_letters.id AND e.state IN ('waiting', 'recovering') AND ${listed.sql}`,
        parameters: [at, ...listed.parameters],
      },
      {
        sql: `DELETE FROM dlq_events WHERE ${list.sql} AND id IN
          (SELECT id FROM gridwire_dead_letters WHERE failed_at IS NOT NULL AND ${list.sql})`,
        parameters: [...list.parameters, ...list.parameters],
      },
    ];
  }

  async groups(query: DeadLetterQuery, limit: number): Promise<DeadLetterGroup[]> {
    const conditions = this.select(query);
    const rows = await this.database.read({
      sql: `SELECT code, topic, reason, count(*) AS count, max(id) AS newest_id, max(failed_at) AS newest_at
        FROM gridwire_dead_letter_events ${conditions.where}
        GROUP BY code, topic, reason ORDER BY count(*) DESC, code, topic, reason LIMIT ?`,
      parameters: [...conditions.parameters, limit],
    });
    return rows.map((row) => ({
      code: String(row.code) as ErrorCode,
      topic: String(row.topic),
      reason: String(row.reason),
      count: Number(row.count),
      newestId: Number(row.newest_id),
      newestAt: Number(row.newest_at),
    }));
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
    if (query.upTo !== undefined) conditions.and('id <= ?', query.upTo);
    if (query.reason !== undefined) conditions.and('reason = ?', query.reason);
    if (query.text !== undefined) {
      const holds = `(${dialect.containsText('reason')} OR ${dialect.containsText('topic')})`;
      conditions.and(holds, query.text, query.text);
    }
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
