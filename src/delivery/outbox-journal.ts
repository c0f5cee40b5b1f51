import type { RetryData } from '../contracts/contract-data.js';
import type { GridwireError } from '../errors.js';
import type { WireMessage } from '../event.js';
import type { OutboxEntry, OutboxStore, QueueLimits } from '../store/queue-stores.js';

/** Keeps accepted events where they outlive the process, until their broker has acknowledged them. */
export interface OutboxJournal {
  /** @returns the event's id, growing in the order of the calls, after the commit */
  append(message: WireMessage): Promise<number>;
  /** Forgets an event. Never fails: what cannot be removed now is removed later, or sent once more after a restart. */
  remove(id: number): void;
  /** What is kept, in order, after an id. */
  load(after: number, limit: number): Promise<OutboxEntry[]>;
  /** Resolves when every removal so far has been committed, or cannot be now. */
  flush(): Promise<void>;
}

/** What makes an outbox durable. */
export interface Durable {
  journal: OutboxJournal;
  /** The rule for events of an earlier process that the broker refuses. */
  retry?: RetryData;
  /** Told of events of an earlier process that failed for good: nobody waits for them any more. */
  onLost: (error: GridwireError, message: WireMessage) => void;
}

/** Entries read at one time. */
const PAGE = 500;

/** Everything a journal keeps, in order. */
export async function readJournal(journal: OutboxJournal): Promise<OutboxEntry[]> {
  const all: OutboxEntry[] = [];
  for (;;) {
    const page = await journal.load(all.at(-1)?.id ?? 0, PAGE);
    if (page.length === 0) return all;
    all.push(...page);
  }
}

/** Wait before a removal that failed is tried again, milliseconds. */
const RETRY = 2_000;

/** The journal of one node in a store's outbox. */
export class StoreJournal implements OutboxJournal {
  private gone: number[] = [];
  private removing: Promise<void> | undefined;

  constructor(
    private readonly outbox: () => Promise<OutboxStore>,
    private readonly queue: string,
    private readonly limits: QueueLimits,
  ) {}

  async append(message: WireMessage): Promise<number> {
    const [id] = await (await this.outbox()).add(this.queue, [message], this.limits);
    return id as number;
  }

  remove(id: number): void {
    this.gone.push(id);
    this.removeSoon();
  }

  async load(after: number, limit: number): Promise<OutboxEntry[]> {
    return (await this.outbox()).peek(this.queue, after, limit);
  }

  async flush(): Promise<void> {
    await this.removing;
  }

  private removeSoon(): void {
    this.removing ??= this.removeGone();
  }

  /** What is acknowledged while one removal is under way goes into the next. */
  private async removeGone(): Promise<void> {
    while (this.gone.length > 0) {
      const ids = this.gone.splice(0);
      try {
        await (await this.outbox()).remove(this.queue, ids);
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
