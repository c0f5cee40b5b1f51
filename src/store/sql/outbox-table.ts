import { type Boot, machineBoot } from '../../boot.js';
import { GridwireError } from '../../errors.js';
import { messageBytes, type WireMessage } from '../../event.js';
import type {
  NamedMessage,
  NamedRow,
  OutboxEntry,
  OutboxStore,
  QueueLimits,
  QueueSummary,
  QueueUsage,
} from '../queue-stores.js';
import type {
  BulkInsert,
  Database,
  Operation,
  OperationResult,
  Row,
  SqlValue,
  Statement,
} from './database.js';
import { messageColumn, messageOf } from './message-columns.js';
import { queueSummaries } from './queue-summaries.js';

/** The columns of a row, in the order of `BULK_TABLES.outbox`. */
const COLUMNS = 'queue, topic, body, message, bytes, enqueued_at, origin, boot, uptime';

/** The outbox over `gridwire_outbox`. */
export class OutboxTable implements OutboxStore {
  constructor(
    private readonly database: Database,
    private readonly boot: Boot = machineBoot,
    private readonly wall: () => number = Date.now,
  ) {}

  async add(queue: string, messages: readonly WireMessage[], limits?: QueueLimits): Promise<number[]> {
    if (messages.length === 0) return [];
    if (limits !== undefined) await this.assertRoom(queue, messages, limits);
    const [result] = await this.database.write([this.insert(queue, messages)]);
    return idsOf(result);
  }

  async addNamed(queue: string, named: NamedMessage): Promise<NamedRow> {
    const results = await this.database.write(this.namedInsert(queue, named));
    return this.namedResult(results, named.found);
  }

  /** Adds a message in one commit with other writes. @returns its id */
  async addWith(queue: string, message: WireMessage, others: readonly Operation[]): Promise<number> {
    const results = await this.database.write([...others, this.insert(queue, [message])]);
    return idsOf(results.at(-1))[0] as number;
  }

  async revoke(queue: string, origins: readonly string[]): Promise<void> {
    if (origins.length === 0) return;
    const list = this.database.dialect.oneOf('origin', origins);
    await this.database.write([
      {
        sql: `DELETE FROM gridwire_outbox WHERE queue = ? AND ${list.sql}`,
        parameters: [queue, ...list.parameters],
      },
    ]);
  }

  async named(queues: readonly string[], origins: readonly string[]): Promise<string[]> {
    if (queues.length === 0 || origins.length === 0) return [];
    const [inQueues, named] = this.lists(queues, origins);
    const rows = await this.database.read({
      sql: `SELECT DISTINCT origin FROM gridwire_outbox WHERE ${inQueues.sql} AND ${named.sql}`,
      parameters: [...inQueues.parameters, ...named.parameters],
    });
    return rows.map(({ origin }) => String(origin));
  }

  async unname(queues: readonly string[], origins: readonly string[]): Promise<void> {
    if (queues.length === 0 || origins.length === 0) return;
    const [inQueues, named] = this.lists(queues, origins);
    await this.database.write([
      {
        sql: `UPDATE gridwire_outbox SET origin = NULL WHERE ${inQueues.sql} AND ${named.sql}`,
        parameters: [...inQueues.parameters, ...named.parameters],
      },
    ]);
  }

  async move(queue: string, to: string): Promise<number> {
    const results = await this.database.write(moveOutbox(queue, to));
    return results.at(-1)?.changes ?? 0;
  }

  async peek(queue: string, after: number, limit: number, bytes = Infinity): Promise<OutboxEntry[]> {
    const rows = await this.database.read({
      sql: `SELECT entry.id, topic, body, message, enqueued_at, origin, boot, uptime FROM gridwire_outbox entry JOIN (
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
      age: this.ageOf(row),
      ...(typeof row.origin === 'string' ? { origin: row.origin } : {}),
    }));
  }

  async remove(queue: string, ids: readonly number[]): Promise<void> {
    if (ids.length === 0) return;
    const list = this.database.dialect.oneOf('id', ids);
    await this.database.write([
      {
        sql: `DELETE FROM gridwire_outbox WHERE queue = ? AND ${list.sql}`,
        parameters: [queue, ...list.parameters],
      },
    ]);
  }

  async usage(queue: string): Promise<QueueUsage> {
    const [row] = await this.database.read({
      sql: `SELECT count(*) AS count, coalesce(sum(bytes), 0) AS bytes, min(enqueued_at) AS oldest, max(id) AS newest
        FROM gridwire_outbox WHERE queue = ?`,
      parameters: [queue],
    });
    const usage = { count: Number(row?.count ?? 0), bytes: Number(row?.bytes ?? 0) };
    if (usage.count === 0) return usage;
    return { ...usage, oldestAt: Number(row?.oldest), newestId: Number(row?.newest) };
  }

  queues(): Promise<QueueSummary[]> {
    return queueSummaries(this.database, 'gridwire_outbox', 'enqueued_at');
  }

  private lists(queues: readonly string[], origins: readonly string[]): [Statement, Statement] {
    const { dialect } = this.database;
    return [dialect.oneOf('queue', queues), dialect.oneOf('origin', origins)];
  }

  private async assertRoom(
    queue: string,
    messages: readonly WireMessage[],
    limits: QueueLimits,
  ): Promise<void> {
    const usage = await this.usage(queue);
    const bytes = messages.reduce((sum, message) => sum + messageBytes(message), 0);
    if (usage.count + messages.length <= limits.count && usage.bytes + bytes <= limits.bytes) return;
    throw new GridwireError(
      'OUTBOX_FULL',
      `The outbox "${queue}" is full (${usage.count} messages, ${usage.bytes} bytes). Wait for the broker, or raise the outbox's limits.`,
      { details: { queue, count: usage.count, bytes: usage.bytes, limits: { ...limits } } },
    );
  }

  private insert(queue: string, messages: readonly WireMessage[], origin: string | null = null): BulkInsert {
    return { table: 'outbox', rows: messages.map((message) => this.rowOf(queue, message, origin)) };
  }

  private namedInsert(queue: string, { message, origin, found }: NamedMessage): Operation[] {
    if (found === 'never') return [this.insert(queue, [message], origin)];
    if (found === 'other') {
      const free = `UPDATE gridwire_outbox SET origin = NULL WHERE queue = ? AND origin = ?`;
      return [{ sql: free, parameters: [queue, origin] }, this.insert(queue, [message], origin)];
    }
    const row = this.rowOf(queue, message, origin);
    return [
      {
        sql: `INSERT INTO gridwire_outbox (${COLUMNS}) VALUES (${row.map(() => '?').join(', ')})
          ON CONFLICT (queue, origin) WHERE origin IS NOT NULL DO NOTHING`,
        parameters: row,
      },
      // What stands there is of an earlier run, whose messages may have come in another order, or with another time in them.
      {
        sql: `UPDATE gridwire_outbox SET topic = ?, body = ?, message = ?, bytes = ?, enqueued_at = ?, boot = ?, uptime = ?
          WHERE queue = ? AND origin = ? AND (topic <> ? OR body <> ?)`,
        parameters: [...contentOf(row), queue, origin, message.topic, message.body],
      },
      { sql: `SELECT id FROM gridwire_outbox WHERE queue = ? AND origin = ?`, parameters: [queue, origin] },
    ];
  }

  /** Of those that look for the same event, the first one says whether it was added, the second whether it was changed. */
  private namedResult(results: readonly OperationResult[], found: NamedMessage['found']): NamedRow {
    const [id] = idsOf(results.at(-1));
    const [added, changed] = results;
    const existed = found === 'same' && added?.changes === 0;
    return { id: id as number, existed, changed: existed && changed?.changes !== 0 };
  }

  private rowOf(queue: string, message: WireMessage, origin: string | null): SqlValue[] {
    return [
      ...[queue, message.topic, message.body, messageColumn(message), messageBytes(message), this.wall()],
      ...[origin, this.boot.id ?? null, this.boot.uptime()],
    ];
  }

  /** By the machine's uptime where it has not been started anew since, else by its clock; set back, it tells nothing. */
  private ageOf(row: Row): number {
    const isSameRun = this.boot.id !== undefined && row.boot === this.boot.id;
    const age = isSameRun ? this.boot.uptime() - Number(row.uptime) : this.wall() - Number(row.enqueued_at);
    return Math.max(0, age);
  }
}

/** Puts the rows of a queue into another one; of two that stand for the same event, the one that was there stays. */
export function moveOutbox(queue: string, to: string): Statement[] {
  return [
    {
      sql: `DELETE FROM gridwire_outbox WHERE queue = ? AND origin IN
          (SELECT origin FROM gridwire_outbox WHERE queue = ? AND origin IS NOT NULL)`,
      parameters: [queue, to],
    },
    { sql: `UPDATE gridwire_outbox SET queue = ? WHERE queue = ?`, parameters: [to, queue] },
  ];
}

function idsOf(result: OperationResult | undefined): number[] {
  return (result?.rows ?? []).map((row) => Number(row.id));
}

/** The values of a row without its queue and its name. */
function contentOf(row: SqlValue[]): SqlValue[] {
  const [, topic, body, message, bytes, enqueuedAt, , boot, uptime] = row as [SqlValue, ...SqlValue[]];
  return [topic, body, message, bytes, enqueuedAt, boot, uptime] as SqlValue[];
}
