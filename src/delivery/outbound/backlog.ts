import type { RetryData } from '../../contracts/contract-data.js';
import { GridwireError } from '../../errors.js';
import { messageBytes, type WireMessage } from '../../event.js';
import type { OutboxEntry as KeptEntry } from '../../store/queue-stores.js';
import type { Sender } from './lane.js';
import type { OutboxJournal } from './outbox-journal.js';
import { discardedError } from './outbox-errors.js';

/** What makes an outbox durable. */
export interface Durable {
  journal: OutboxJournal;
  /** The rule for events that nobody waits for, and that the broker refuses. */
  retry?: RetryData;
  /** Told of events that failed for good and that nobody waits for: letters, and those of an earlier process. */
  onLost: (error: GridwireError, message: WireMessage) => void;
}

/** An event from the journal, with who waits for it, if anybody does. */
export type Kept = KeptEntry & { sender?: Sender };

/** An event of a journal that somebody gave up. */
export interface Discarded {
  /** Its id in the journal. */
  id: number;
  /** As `messageBytes` counts them. */
  bytes: number;
}

/** The part of the outbox that is in memory. */
export interface Memory {
  /** How much it holds now. */
  held: Readonly<{ count: number; bytes: number }>;
  /** Takes the next events, in order. */
  take: (entries: readonly Kept[]) => void;
}

/** How much of a durable outbox is in memory at most; the rest is in its journal only. */
const IN_MEMORY = { count: 1_000, bytes: 16 * 1_048_576 };
/** Wait before a journal that could not be read is tried again, milliseconds. */
const READ_RETRY = 2_000;

/**
 * The part of a durable outbox that is in its journal and not in memory: what an earlier process left, and what came
 * while memory had its fill. It is taken into memory page by page, in order. Of those who wait for one of its events
 * only the promise is kept.
 */
export class Backlog {
  count = 0;
  bytes = 0;
  /** Everything up to this id has been taken into memory. */
  private taken = 0;
  /** The newest id whose acceptance is complete; a page ends there, because newer ones are not accounted for yet. */
  private newest = 0;
  /** Ids beyond `taken` that are in memory all the same. */
  private readonly ahead = new Set<number>();
  private readonly senders = new Map<number, Sender>();
  private opened: Promise<void> | undefined;
  private reading = false;
  private closed = false;

  constructor(
    private readonly journal: OutboxJournal,
    private readonly memory: Memory,
  ) {}

  /** Whether the next event in order may go into memory. */
  get hasMemory(): boolean {
    const { count, bytes } = this.memory.held;
    return count <= IN_MEMORY.count && bytes <= IN_MEMORY.bytes;
  }

  /** The same for one that goes before the older ones, of which memory is full by rights. */
  get hasMemoryAhead(): boolean {
    const { count, bytes } = this.memory.held;
    return count <= 2 * IN_MEMORY.count && bytes <= 2 * IN_MEMORY.bytes;
  }

  /** Learns, once and before anything is added, what an earlier process left. */
  open(): Promise<void> {
    this.opened ??= this.measure().catch((thrown: unknown) => {
      this.opened = undefined;
      throw thrown;
    });
    return this.opened;
  }

  /** To be called after `open`. @param commit writes one event into the journal and gives its id */
  async add(commit: () => Promise<number>): Promise<number> {
    const id = await commit();
    this.newest = Math.max(this.newest, id);
    return id;
  }

  /** Says that the next event in order goes into memory. */
  taking(id: number): void {
    this.taken = id;
  }

  /** Says that an event goes into memory before those that are older. */
  takingAhead(id: number): void {
    if (this.count === 0) this.taken = id;
    else this.ahead.add(id);
  }

  /** Leaves an event to the journal until its turn comes. */
  leave(id: number, bytes: number, sender: Sender | undefined): void {
    this.count += 1;
    this.bytes += bytes;
    if (sender !== undefined) this.senders.set(id, sender);
  }

  /** An event in memory has come to its end. */
  ended(id: number): void {
    this.ahead.delete(id);
    this.journal.remove(id);
  }

  /** Takes the next events into memory once half of it is free; cheap to call, and called after every change. */
  refill(): void {
    if (this.reading || this.closed || (this.opened !== undefined && !this.mayRead())) return;
    this.reading = true;
    this.readPage().then(
      () => {
        this.reading = false;
        this.refill();
      },
      () => {
        // The store tells its own failures.
        setTimeout(() => {
          this.reading = false;
          this.refill();
        }, READ_RETRY).unref();
      },
    );
  }

  private mayRead(): boolean {
    const { count, bytes } = this.memory.held;
    return this.count > 0 && count <= IN_MEMORY.count / 2 && bytes <= IN_MEMORY.bytes / 2;
  }

  private async readPage(): Promise<void> {
    await this.open();
    if (this.mayRead() && !this.closed) this.memory.take(await this.next());
  }

  private async next(): Promise<Kept[]> {
    const { held } = this.memory;
    const { newest } = this;
    const page = await this.journal.load(
      this.taken,
      IN_MEMORY.count - held.count,
      IN_MEMORY.bytes - held.bytes,
    );
    const known = page.filter(({ id }) => id <= newest);
    const fresh = known.filter(({ id }) => !this.ahead.delete(id));
    this.taken = known.at(-1)?.id ?? this.taken;
    this.count -= fresh.length;
    for (const { message } of fresh) this.bytes -= messageBytes(message);
    if (known.length === 0 && newest === this.newest) this.nothingLeft();
    return fresh.map((entry) => {
      const sender = this.senders.get(entry.id);
      this.senders.delete(entry.id);
      return sender === undefined ? entry : { ...entry, sender };
    });
  }

  /** Those who wait for an event that must not be sent any more hear of it before its turn comes. */
  refuseWaiting(reason: (sender: Sender) => GridwireError | undefined): void {
    for (const sender of this.senders.values()) {
      const error = reason(sender);
      if (error !== undefined) sender.reject(error);
    }
  }

  /** Gives up those that are here; whoever waits for one hears of it. */
  discard(entries: readonly Discarded[]): void {
    for (const { id, bytes } of entries) {
      if (id <= this.taken || id > this.newest || this.ahead.has(id)) continue;
      this.count -= 1;
      this.bytes -= bytes;
      // A page that is being read must not bring it back.
      this.journal.remove(id);
      const sender = this.senders.get(id);
      this.senders.delete(id);
      sender?.reject(discardedError(sender.message.topic));
    }
  }

  /** The outbox closes: the journal keeps all for the next one. */
  close(): void {
    this.closed = true;
    for (const sender of this.senders.values()) sender.resolve(undefined);
    this.senders.clear();
  }

  private async measure(): Promise<void> {
    const { count, bytes, newestId = 0 } = await this.journal.usage();
    this.count = count;
    this.bytes = bytes;
    this.newest = newestId;
  }

  /** What should still be there was erased from the store. */
  private nothingLeft(): void {
    this.count = 0;
    this.bytes = 0;
    for (const sender of this.senders.values()) {
      const text = `The event for ${sender.message.topic} was erased from the store before it was sent.`;
      sender.reject(new GridwireError('OUTBOX_DROPPED', text));
    }
    this.senders.clear();
  }
}
