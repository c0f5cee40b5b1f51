import type { WireMessage } from '../../event.js';
import type { EventStore } from '../../store/event-store.js';
import type { OutboxEntry, OutboxStore, QueueUsage } from '../../store/queue-stores.js';

/** Keeps accepted events where they outlive the process, until their broker has acknowledged them. */
export interface OutboxJournal {
  /** @returns the event's id, growing in the order of the calls, after the commit */
  append(message: WireMessage): Promise<number>;
  /** Forgets an event. Never fails: what cannot be removed now is removed later, or sent once more after a restart. */
  remove(id: number): void;
  /**
   * What is kept, in order, after an id; without what was removed.
   * @param bytes enough once the entries before have reached this many
   */
  load(after: number, limit: number, bytes: number): Promise<OutboxEntry[]>;
  /** How much is kept, and the newest id. */
  usage(): Promise<QueueUsage>;
  /** Resolves when every removal so far has been committed, or cannot be now. */
  flush(): Promise<void>;
}

/** Wait before a removal that failed is tried again, milliseconds. */
const RETRY = 2_000;

/** The journal of one node in a store's outbox. */
export class StoreJournal implements OutboxJournal {
  private gone: number[] = [];
  private removing: Promise<void> | undefined;
  private loads = 0;

  constructor(
    private readonly store: () => Promise<Pick<EventStore, 'outbox' | 'ownQueue'>>,
    private readonly queue: string,
  ) {}

  async append(message: WireMessage): Promise<number> {
    const { outbox, queue } = await this.own();
    const [id] = await outbox.add(queue, [message]);
    return id as number;
  }

  remove(id: number): void {
    this.gone.push(id);
    this.removeSoon();
  }

  /** Removals wait for the end of a load, so that it cannot return what they take away. */
  async load(after: number, limit: number, bytes: number): Promise<OutboxEntry[]> {
    this.loads += 1;
    try {
      await this.removing;
      const { outbox, queue } = await this.own();
      for (let from = after; ;) {
        const entries = await outbox.peek(queue, from, limit, bytes);
        const gone = new Set(this.gone);
        const kept = entries.filter(({ id }) => !gone.has(id));
        if (kept.length > 0 || entries.length === 0) return kept;
        from = entries.at(-1)?.id ?? from;
      }
    } finally {
      this.loads -= 1;
      this.removeSoon();
    }
  }

  async usage(): Promise<QueueUsage> {
    const { outbox, queue } = await this.own();
    return outbox.usage(queue);
  }

  async flush(): Promise<void> {
    await this.removing;
  }

  private async own(): Promise<{ outbox: OutboxStore; queue: string }> {
    const store = await this.store();
    return { outbox: store.outbox, queue: await store.ownQueue(this.queue) };
  }

  private removeSoon(): void {
    if (this.loads > 0 || this.gone.length === 0) return;
    this.removing ??= this.removeGone();
  }

  /** What is acknowledged while one removal is under way goes into the next. */
  private async removeGone(): Promise<void> {
    while (this.gone.length > 0 && this.loads === 0) {
      const ids = this.gone.splice(0);
      try {
        const { outbox, queue } = await this.own();
        await outbox.remove(queue, ids);
      } catch {
        // The store tells its own failure.
        this.gone.push(...ids);
        setTimeout(() => this.removeSoon(), RETRY).unref();
        break;
      }
    }
    this.removing = undefined;
  }
}
