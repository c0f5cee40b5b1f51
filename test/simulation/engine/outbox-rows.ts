import type { Clock } from '../../../src/clock.js';
import { messageBytes } from '../../../src/event.js';
import type {
  NamedMessage,
  NamedRow,
  OutboxEntry,
  OutboxStore,
  QueueSummary,
  QueueUsage,
} from '../../../src/store/queue-stores.js';
import type { Calls } from './calls.js';
import type { Database, OutboxRow } from './database.js';
import type { Sleeper } from './timeline.js';

/** What an outbox's journal asks of the store. */
export type OutboxRows = Pick<
  OutboxStore,
  'addNamed' | 'named' | 'unname' | 'revoke' | 'move' | 'peek' | 'remove' | 'usage' | 'queues'
>;

/** The outbox rows as one process sees them; the tables are held to the same by `test/unit/store/queue-suite.ts`. */
export class SimOutboxRows implements OutboxRows {
  constructor(
    private readonly database: Database,
    private readonly calls: Calls,
    private readonly process: Sleeper,
    private readonly clock: Clock,
    private readonly time: () => number,
  ) {}

  addNamed(queue: string, { message, origin, found }: NamedMessage): Promise<NamedRow> {
    const enqueuedAt = Math.floor(this.clock.wall());
    const since = this.time();
    return this.write('outbox.add', () => {
      const there = this.rowsOf(queue).filter((row) => row.origin === origin);
      const [old] = there;
      if (found === 'same' && old !== undefined) {
        const changed = old.message.topic !== message.topic || !sameBytes(old.message.body, message.body);
        if (changed) Object.assign(old, { message, enqueuedAt, since });
        return { id: old.id, existed: true, changed };
      }
      for (const row of there) row.origin = undefined;
      const row = { queue, message, enqueuedAt, since, origin };
      return { id: this.database.insertOutbox(row), existed: false, changed: false };
    });
  }

  named(queues: readonly string[], origins: readonly string[]): Promise<string[]> {
    return this.read('outbox.named', () => this.inQueues(queues, origins).map(({ origin }) => origin ?? ''));
  }

  unname(queues: readonly string[], origins: readonly string[]): Promise<void> {
    return this.write('outbox.unname', () => {
      for (const row of this.inQueues(queues, origins)) row.origin = undefined;
    });
  }

  queues(): Promise<QueueSummary[]> {
    return this.read('outbox.queues', () =>
      [...new Set(this.database.outbox.map(({ queue }) => queue))].map((queue) => ({
        ...{ queue, bytes: 0 },
        count: this.rowsOf(queue).length,
      })),
    );
  }

  revoke(queue: string, origins: readonly string[]): Promise<void> {
    const revoke = (some: readonly string[]): void => {
      const gone = this.rowsOf(queue).filter(({ origin }) => origin !== undefined && some.includes(origin));
      this.database.deleteOutbox(
        queue,
        gone.map(({ id }) => id),
      );
    };
    return this.write(
      'outbox.revoke',
      () => revoke(origins),
      () => revoke(firstOf(origins)),
    );
  }

  move(): Promise<number> {
    return this.write('outbox.move', () => 0);
  }

  async peek(queue: string, after: number, limit: number, bytes = Infinity): Promise<OutboxEntry[]> {
    const rows = await this.read('outbox.load', () => {
      let sum = 0;
      const page = this.rowsOf(queue).filter(({ id }) => id > after);
      return page
        .slice(0, limit)
        .filter(({ message }) => (sum += messageBytes(message)) - messageBytes(message) < bytes);
    });
    // Of the moment of the answer, which may be much later than the reading.
    return rows.map(({ id, message, enqueuedAt, origin, since }) => ({
      ...{ id, message, enqueuedAt, age: this.time() - since },
      ...(origin === undefined ? {} : { origin }),
    }));
  }

  remove(queue: string, ids: readonly number[]): Promise<void> {
    return this.write(
      'outbox.remove',
      () => void this.database.deleteOutbox(queue, ids),
      () => this.database.deleteOutbox(queue, firstOf(ids)),
    );
  }

  usage(queue: string): Promise<QueueUsage> {
    return this.read('outbox.usage', () => {
      const rows = this.rowsOf(queue);
      const bytes = rows.reduce((sum, { message }) => sum + messageBytes(message), 0);
      const last = rows.at(-1);
      if (last === undefined) return { count: 0, bytes };
      return { count: rows.length, bytes, oldestAt: rows[0]!.enqueuedAt, newestId: last.id };
    });
  }

  private inQueues(queues: readonly string[], origins: readonly string[]): OutboxRow[] {
    return this.database.outbox.filter(
      ({ queue, origin }) => queues.includes(queue) && origin !== undefined && origins.includes(origin),
    );
  }

  private rowsOf(queue: string): OutboxRow[] {
    return this.database.outbox.filter((row) => row.queue === queue);
  }

  private read<Result>(name: string, effect: () => Result): Promise<Result> {
    return this.calls.make(this.process, name, false, effect);
  }

  private write<Result>(name: string, effect: () => Result, part?: () => unknown): Promise<Result> {
    return this.calls.commit(this.process, name, this.database, effect, part);
  }
}

/** What a call has done before it failed. */
export function firstOf<Item>(all: readonly Item[]): Item[] {
  return all.slice(0, Math.ceil(all.length / 2));
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
