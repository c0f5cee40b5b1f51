import { GridwireError } from '../../errors.js';
import { messageBytes, type WireMessage } from '../../event.js';
import type { OutboxEntry, OutboxStore, QueueLimits, QueueSummary, QueueUsage } from '../queue-stores.js';
import type { BulkInsert, Database, Operation, OperationResult, SqlValue } from './database.js';
import { messageColumn, messageOf } from './message-columns.js';
import { queueSummaries } from './queue-summaries.js';

interface Usage {
  count: number;
  bytes: number;
}

/**
 * The outbox over `gridwire_outbox`. This process is the only writer, so the usage of each queue is read once and
 * then kept in memory: a full queue is refused without asking the database, and before anything is written.
 */
export class OutboxTable implements OutboxStore {
  private readonly usages = new Map<string, Promise<Usage>>();

  constructor(private readonly database: Database) {}

  async add(queue: string, messages: readonly WireMessage[], limits?: QueueLimits): Promise<number[]> {
    if (messages.length === 0) return [];
    const usage = await this.usageOf(queue);
    const added = bytesOf(messages);
    if (limits && (usage.count + messages.length > limits.count || usage.bytes + added > limits.bytes)) {
      throw new GridwireError(
        'OUTBOX_FULL',
        `The outbox "${queue}" is full (${usage.count} messages, ${usage.bytes} bytes). Wait for the broker, or raise the outbox's limits.`,
        { details: { queue, ...usage, limits: { ...limits } } },
      );
    }
    const results = await this.insert(usage, queue, messages, []);
    return idsOf(results[0]);
  }

  /** Adds a message in one commit with other writes. @returns its id */
  async addWith(queue: string, message: WireMessage, others: readonly Operation[]): Promise<number> {
    const results = await this.insert(await this.usageOf(queue), queue, [message], others);
    return idsOf(results.at(-1))[0] as number;
  }

  async peek(queue: string, after: number, limit: number, bytes = Infinity): Promise<OutboxEntry[]> {
    const rows = await this.database.read({
      sql: `SELECT entry.id, topic, body, message, enqueued_at FROM gridwire_outbox entry JOIN (
          SELECT id, sum(bytes) OVER (ORDER BY id) - bytes AS before FROM (
            SELECT id, bytes FROM gridwire_outbox WHERE queue = ? AND id > ? ORDER BY id LIMIT ?
          ) AS next
        ) AS page ON page.id = entry.id WHERE before < ? ORDER BY entry.id`,
      parameters: [queue, after, limit, Math.min(bytes, Number.MAX_SAFE_INTEGER)],
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
    const [ends] = await this.database.read({
      sql: `SELECT min(enqueued_at) AS oldest, max(id) AS newest FROM (
          SELECT * FROM (SELECT id, enqueued_at FROM gridwire_outbox WHERE queue = ? ORDER BY id LIMIT 1) AS first
          UNION ALL
          SELECT * FROM (SELECT id, enqueued_at FROM gridwire_outbox WHERE queue = ? ORDER BY id DESC LIMIT 1) AS last
        ) AS ends`,
      parameters: [queue, queue],
    });
    if (ends?.newest === null || ends?.newest === undefined) return { count, bytes };
    return { count, bytes, oldestAt: Number(ends.oldest), newestId: Number(ends.newest) };
  }

  queues(): Promise<QueueSummary[]> {
    return queueSummaries(this.database, 'gridwire_outbox', 'enqueued_at');
  }

  /** Forgets all usages, after the content was exchanged (restore, erase). */
  forgetAll(): void {
    this.usages.clear();
  }

  /** Counts what it adds before it is there, so that two at once cannot pass a limit together. */
  private async insert(
    usage: Usage,
    queue: string,
    messages: readonly WireMessage[],
    others: readonly Operation[],
  ): Promise<OperationResult[]> {
    const bytes = bytesOf(messages);
    usage.count += messages.length;
    usage.bytes += bytes;
    try {
      return await this.database.write([...others, outboxInsert(queue, messages, Date.now())]);
    } catch (error) {
      usage.count -= messages.length;
      usage.bytes -= bytes;
      throw error;
    }
  }

  private usageOf(queue: string): Promise<Usage> {
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

function bytesOf(messages: readonly WireMessage[]): number {
  return messages.reduce((sum, message) => sum + messageBytes(message), 0);
}

function idsOf(result: OperationResult | undefined): number[] {
  return (result?.rows ?? []).map((row) => Number(row.id));
}

/** The rows of a batch, in the order of `BULK_TABLES.outbox`. */
function outboxInsert(queue: string, messages: readonly WireMessage[], now: number): BulkInsert {
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
