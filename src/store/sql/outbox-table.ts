import { GridwireError } from '../../errors.js';
import type { WireMessage } from '../../event.js';
import type { OutboxEntry, OutboxStore, QueueLimits, QueueSummary, QueueUsage } from '../queue-stores.js';
import type { BulkInsert, Database, SqlValue } from './database.js';
import { queueSummaries } from './queue-summaries.js';
import { messageBytes, messageColumn, messageOf } from './message-columns.js';

/**
 * The outbox over `gridwire_outbox`. This process is the only writer, so the usage of each queue is read once and
 * then kept in memory: a full queue is refused without asking the database, and before anything is written.
 */
export class OutboxTable implements OutboxStore {
  private readonly usages = new Map<string, Promise<{ count: number; bytes: number }>>();

  constructor(private readonly database: Database) {}

  async add(queue: string, messages: readonly WireMessage[], limits?: QueueLimits): Promise<number[]> {
    if (messages.length === 0) return [];
    const usage = await this.usageOf(queue);
    const added = messages.reduce((sum, message) => sum + messageBytes(message), 0);
    if (limits && (usage.count + messages.length > limits.count || usage.bytes + added > limits.bytes)) {
      throw new GridwireError(
        'OUTBOX_FULL',
        `The outbox "${queue}" is full (${usage.count} messages, ${usage.bytes} bytes). Wait for the broker, or raise the outbox's limits.`,
        { details: { queue, ...usage, limits: { ...limits } } },
      );
    }
    usage.count += messages.length;
    usage.bytes += added;
    try {
      const [result] = await this.database.write([outboxInsert(queue, messages, Date.now())]);
      return (result?.rows ?? []).map((row) => Number(row.id));
    } catch (error) {
      usage.count -= messages.length;
      usage.bytes -= added;
      throw error;
    }
  }

  async peek(queue: string, after: number, limit: number): Promise<OutboxEntry[]> {
    const rows = await this.database.read({
      sql: `SELECT id, topic, body, message, enqueued_at FROM gridwire_outbox
        WHERE queue = ? AND id > ? ORDER BY id LIMIT ?`,
      parameters: [queue, after, limit],
    });
    return rows.map((row) => ({
      id: Number(row.id),
      message: messageOf(row),
      enqueuedAt: Number(row.enqueued_at),
    }));
  }

  async remove(queue: string, ids: readonly number[]): Promise<void> {
    if (ids.length === 0) return;
    const usage = await this.usageOf(queue);
    const list = this.database.dialect.oneOf('id', ids);
    const [result] = await this.database.write([
      {
        sql: `DELETE FROM gridwire_outbox WHERE queue = ? AND ${list.sql} RETURNING bytes`,
        parameters: [queue, ...list.parameters],
      },
    ]);
    for (const row of result?.rows ?? []) {
      usage.count -= 1;
      usage.bytes -= Number(row.bytes);
    }
  }

  async usage(queue: string): Promise<QueueUsage> {
    const { count, bytes } = await this.usageOf(queue);
    const [oldest] = await this.database.read({
      sql: `SELECT enqueued_at FROM gridwire_outbox WHERE queue = ? ORDER BY id LIMIT 1`,
      parameters: [queue],
    });
    return { count, bytes, ...(oldest ? { oldestAt: Number(oldest.enqueued_at) } : {}) };
  }

  queues(): Promise<QueueSummary[]> {
    return queueSummaries(this.database, 'gridwire_outbox', 'enqueued_at');
  }

  /** Forgets the usage of a queue that was filled by another way. */
  forget(queue: string): void {
    this.usages.delete(queue);
  }

  /** Forgets all usages, after the content was exchanged (restore, erase). */
  forgetAll(): void {
    this.usages.clear();
  }

  private usageOf(queue: string): Promise<{ count: number; bytes: number }> {
    const known = this.usages.get(queue);
    if (known) return known;
    const loaded = this.database
      .read({
        sql: `SELECT count(*) AS count, coalesce(sum(bytes), 0) AS bytes FROM gridwire_outbox WHERE queue = ?`,
        parameters: [queue],
      })
      .then(([row]) => ({ count: Number(row?.count ?? 0), bytes: Number(row?.bytes ?? 0) }));
    this.usages.set(queue, loaded);
    loaded.catch(() => this.usages.delete(queue));
    return loaded;
  }
}

/** The rows of a batch, in the order of `BULK_TABLES.outbox`. */
export function outboxInsert(queue: string, messages: readonly WireMessage[], now: number): BulkInsert {
  return {
    table: 'outbox',
    rows: messages.map((message): SqlValue[] => [
      queue,
      message.topic,
      message.body,
      messageColumn(message),
      messageBytes(message),
      now,
    ]),
  };
}
