import { type Boot, machineBoot } from '../../boot.js';
import type { ErrorCode } from '../../errors.js';
import { messageBytes, type WireMessage } from '../../event.js';
import type {
  NewParkedMessage,
  ParkedKind,
  ParkedMessage,
  ParkedStore,
  QueueSummary,
  QueueUsage,
} from '../queue-stores.js';
import type { Database, Row, SqlValue, Statement } from './database.js';
import { queueSummaries } from './queue-summaries.js';
import { messageColumn, messageOf } from './message-columns.js';

const COLUMNS =
  'id, topic, body, message, attempts, next_attempt_at, reason, parked_at, kind, origin, held_by, refusal, expires_at';
/** Of a reason, which is for people to read. */
const LONGEST_REASON = 2_000;
/** By less than this a clock is not said to have been set, milliseconds. */
const TOLERANCE = 1_000;

/** Parked messages over `gridwire_parked`. */
export class ParkedTable implements ParkedStore {
  constructor(
    private readonly database: Database,
    private readonly boot: Boot = machineBoot,
  ) {}

  async park(queue: string, messages: readonly NewParkedMessage[]): Promise<void> {
    await this.database.write(messages.map((message) => parkStatement(queue, message, this.boot)));
  }

  async takeUp(queue: string, now: number): Promise<{ by: string; count: number }[]> {
    await this.database.write([
      ...this.toPresentClock(queue, now),
      {
        sql: `UPDATE gridwire_parked SET next_attempt_at = ?, kind = 'parked'
          WHERE queue = ? AND (kind = 'kept' OR (kind = 'parked' AND written_at > ?))`,
        parameters: [now, queue, now],
      },
      {
        // Nobody knows for how long these have waited; their time to live goes on from here.
        sql: `UPDATE gridwire_parked SET expires_at = expires_at - written_at + ?, written_at = ?
          WHERE queue = ? AND written_at > ?`,
        parameters: [now, now, queue, now],
      },
    ]);
    return this.held(queue);
  }

  async held(queue: string): Promise<{ by: string; count: number }[]> {
    const rows = await this.database.read({
      sql: `SELECT held_by, count(*) AS count FROM gridwire_parked WHERE queue = ? AND kind = 'held'
        GROUP BY held_by ORDER BY held_by`,
      parameters: [queue],
    });
    return rows.map((row) => ({ by: String(row.held_by), count: Number(row.count) }));
  }

  /** While the machine runs on, its uptime tells how far its clock was set since a row was written. */
  private toPresentClock(queue: string, now: number): Statement[] {
    if (this.boot.id === undefined) return [];
    const started = now - this.boot.uptime();
    const shift = '(? - (written_at - uptime))';
    const columns = ['parked_at', 'expires_at', 'written_at'].map((name) => `${name} = ${name} + ${shift}`);
    return [
      {
        sql: `UPDATE gridwire_parked SET ${columns.join(', ')},
            next_attempt_at = CASE kind WHEN 'held' THEN next_attempt_at ELSE next_attempt_at + ${shift} END
          WHERE queue = ? AND boot = ? AND abs${shift} > ?`,
        parameters: [started, started, started, started, queue, this.boot.id, started, TOLERANCE],
      },
    ];
  }

  async due(
    queue: string,
    now: number,
    limit: number,
    except: readonly string[] = [],
  ): Promise<ParkedMessage[]> {
    const others = except.length === 0 ? undefined : this.database.dialect.oneOf('id', except);
    const rows = await this.database.read({
      sql: `SELECT ${COLUMNS} FROM gridwire_parked
        WHERE queue = ? AND next_attempt_at <= ?${others === undefined ? '' : ` AND NOT (${others.sql})`}
        ORDER BY next_attempt_at, parked_at, id LIMIT ?`,
      parameters: [queue, now, ...(others?.parameters ?? []), limit],
    });
    return rows.map(parkedMessage);
  }

  async nextDueAt(queue: string, after = -1): Promise<number | undefined> {
    const [row] = await this.database.read({
      sql: `SELECT min(next_attempt_at) AS next FROM gridwire_parked
        WHERE queue = ? AND next_attempt_at > ? AND kind <> 'held'`,
      parameters: [queue, after],
    });
    return typeof row?.next === 'number' ? row.next : undefined;
  }

  async names(queue: string, limit: number): Promise<{ key: string; name: string }[]> {
    const rows = await this.database.read({
      sql: `SELECT id, origin FROM gridwire_parked WHERE queue = ? AND origin IS NOT NULL LIMIT ?`,
      parameters: [queue, limit],
    });
    return rows.map(({ id, origin }) => ({ key: String(id), name: String(origin) }));
  }

  async waiting(queue: string): Promise<number> {
    const [row] = await this.database.read({
      sql: `SELECT count(*) AS count FROM gridwire_parked WHERE queue = ? AND kind = 'parked'`,
      parameters: [queue],
    });
    return Number(row?.count ?? 0);
  }

  async decide(
    queue: string,
    by: string,
    now: number,
    refusal?: { code: ErrorCode; reason: string },
  ): Promise<number> {
    const given: SqlValue[] =
      refusal === undefined ? [] : [refusal.code, refusal.reason.slice(0, LONGEST_REASON)];
    const [result] = await this.database.write([
      {
        sql: `UPDATE gridwire_parked SET kind = 'parked', next_attempt_at = ?, written_at = ?, boot = ?, uptime = ?, attempts = 0
            ${refusal === undefined ? '' : ', refusal = ?, reason = ?'}
          WHERE queue = ? AND kind = 'held' AND held_by = ?`,
        parameters: [now, now, this.boot.id ?? null, this.boot.uptime(), ...given, queue, by],
      },
    ]);
    return result?.changes ?? 0;
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

/** @param boot tells over restarts of the process how long a row has been there */
export function parkStatement(queue: string, parked: NewParkedMessage, boot = machineBoot): Statement {
  const { message, at = Date.now() } = parked;
  return {
    sql: `INSERT INTO gridwire_parked (queue, id, topic, body, message, bytes, attempts, next_attempt_at, reason,
        parked_at, written_at, kind, origin, held_by, refusal, boot, uptime, expires_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (queue, id) DO UPDATE SET attempts = excluded.attempts, reason = excluded.reason,
        next_attempt_at = excluded.next_attempt_at, written_at = excluded.written_at, kind = excluded.kind,
        held_by = excluded.held_by, refusal = excluded.refusal, boot = excluded.boot, uptime = excluded.uptime,
        expires_at = excluded.expires_at`,
    parameters: [
      queue,
      parked.key,
      message.topic,
      message.body,
      messageColumn(message),
      messageBytes(message),
      parked.attempts,
      parked.nextAttemptAt,
      parked.reason.slice(0, LONGEST_REASON),
      at,
      at,
      parked.kind ?? 'parked',
      parked.origin ?? null,
      parked.by === undefined ? null : parked.by,
      parked.refusal ?? null,
      boot.id ?? null,
      boot.uptime(),
      parked.expiresAt ?? null,
    ],
  };
}

export function releaseStatement(queue: string, key: string): Statement {
  return { sql: `DELETE FROM gridwire_parked WHERE queue = ? AND id = ?`, parameters: [queue, key] };
}

function parkedMessage(row: Row): ParkedMessage {
  return {
    key: String(row.id),
    message: readable(row),
    attempts: Number(row.attempts),
    nextAttemptAt: Number(row.next_attempt_at),
    reason: String(row.reason),
    parkedAt: Number(row.parked_at),
    kind: row.kind as ParkedKind,
    ...(typeof row.expires_at === 'number' ? { expiresAt: row.expires_at } : {}),
    ...(typeof row.origin === 'string' ? { origin: row.origin } : {}),
    ...(typeof row.held_by === 'string' ? { by: row.held_by } : {}),
    ...(typeof row.refusal === 'string' ? { refusal: row.refusal as ErrorCode } : {}),
  };
}

/** A row whose rules cannot be read must not stand in the way of those behind it; its topic and its bytes are whole. */
function readable(row: Row): WireMessage {
  try {
    return messageOf(row);
  } catch {
    return messageOf({ ...row, message: null });
  }
}
