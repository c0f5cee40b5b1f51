import { messageBytes } from '../../event.js';
import type {
  NewParkedMessage,
  ParkedMessage,
  ParkedStore,
  QueueSummary,
  QueueUsage,
} from '../queue-stores.js';
import type { Database, Statement } from './database.js';
import { queueSummaries } from './queue-summaries.js';
import { messageColumn, messageOf } from './message-columns.js';

/** Parked messages over `gridwire_parked`. */
export class ParkedTable implements ParkedStore {
  constructor(private readonly database: Database) {}

  async park(queue: string, messages: readonly NewParkedMessage[]): Promise<void> {
    const now = Date.now();
    await this.database.write(messages.map((message) => parkStatement(queue, message, now)));
  }

  async due(queue: string, now: number, limit: number): Promise<ParkedMessage[]> {
    const rows = await this.database.read({
      sql: `SELECT id, topic, body, message, attempts, next_attempt_at, reason, parked_at FROM gridwire_parked
        WHERE queue = ? AND next_attempt_at <= ? ORDER BY next_attempt_at, parked_at, id LIMIT ?`,
      parameters: [queue, now, limit],
    });
    return rows.map((row) => ({
      key: String(row.id),
      message: messageOf(row),
      attempts: Number(row.attempts),
      nextAttemptAt: Number(row.next_attempt_at),
      reason: String(row.reason),
      parkedAt: Number(row.parked_at),
    }));
  }

  async nextDueAt(queue: string): Promise<number | undefined> {
    const [row] = await this.database.read({
      sql: `SELECT min(next_attempt_at) AS next FROM gridwire_parked WHERE queue = ?`,
      parameters: [queue],
    });
    return typeof row?.next === 'number' ? row.next : undefined;
  }

  async remove(queue: string, keys: readonly string[]): Promise<void> {
    await this.database.write(keys.map((key) => releaseStatement(queue, key)));
  }

  async usage(queue: string): Promise<QueueUsage> {
    const [row] = await this.database.read({
      sql: `SELECT count(*) AS count, coalesce(sum(bytes), 0) AS bytes, min(parked_at) AS oldest
        FROM gridwire_parked WHERE queue = ?`,
      parameters: [queue],
    });
    return {
      count: Number(row?.count ?? 0),
      bytes: Number(row?.bytes ?? 0),
      ...(typeof row?.oldest === 'number' ? { oldestAt: row.oldest } : {}),
    };
  }

  queues(): Promise<QueueSummary[]> {
    return queueSummaries(this.database, 'gridwire_parked', 'parked_at');
  }
}

export function parkStatement(queue: string, parked: NewParkedMessage, now: number): Statement {
  const { message } = parked;
  return {
    sql: `INSERT INTO gridwire_parked
        (queue, id, topic, body, message, bytes, attempts, next_attempt_at, reason, parked_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (queue, id) DO UPDATE SET
        attempts = excluded.attempts, next_attempt_at = excluded.next_attempt_at, reason = excluded.reason`,
    parameters: [
      queue,
      parked.key,
      message.topic,
      message.body,
      messageColumn(message),
      messageBytes(message),
      parked.attempts,
      parked.nextAttemptAt,
      parked.reason.slice(0, 2_000),
      now,
    ],
  };
}

export function releaseStatement(queue: string, key: string): Statement {
  return { sql: `DELETE FROM gridwire_parked WHERE queue = ? AND id = ?`, parameters: [queue, key] };
}
