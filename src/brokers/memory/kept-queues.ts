import type { MemoryQueue } from './memory-queue.js';

/** Whose subscription it is; by this it finds what was kept for it. */
export interface Subscriber {
  clientId?: string;
  identity?: string;
}

interface Kept {
  queue: MemoryQueue;
  giveUp: () => void;
  timer: NodeJS.Timeout | undefined;
}

/** How long a queue waits for a subscriber that has no session, but a name: a node that is disabled, for example. */
const LONGEST_MS = 3_600_000;

/** Queues that go on collecting while nobody listens, for the next subscription of the same subscriber. */
export class KeptQueues {
  readonly #kept = new Map<string, Kept[]>();

  /** @param giveUp ends the queue, and tells what is in it */
  add(subscriber: Subscriber, queue: MemoryQueue, giveUp: () => void): void {
    const key = keyOf(subscriber, queue.filter);
    if (key === undefined) {
      giveUp();
      return;
    }
    const kept: Kept = { queue, giveUp, timer: undefined };
    this.#kept.set(key, [...(this.#kept.get(key) ?? []), kept]);
    // A session is kept until it is taken up. Who has none is waited for as long as it may be expected.
    if (subscriber.clientId === undefined)
      kept.timer = setTimeout(() => this.#end(key, kept), LONGEST_MS).unref();
  }

  /** The queue that waits for this subscriber; what it has under another filter is given up, if it has a name. */
  take(subscriber: Subscriber, filter: string): MemoryQueue | undefined {
    const key = keyOf(subscriber, filter);
    if (key === undefined) return undefined;
    const all = this.#kept.get(key) ?? [];
    const found = all.find(({ queue }) => queue.filter === filter);
    if (found !== undefined) this.#remove(key, found);
    for (const other of [...all]) if (other.queue.filter !== filter) this.#end(key, other);
    return found?.queue;
  }

  /** A queue that nobody has taken up, and that nobody with a session waits for, is full: it must not stop the others. */
  makeWay(full: MemoryQueue): boolean {
    for (const [key, all] of this.#kept)
      for (const kept of all)
        if (kept.queue === full && kept.timer !== undefined) {
          this.#end(key, kept);
          return true;
        }
    return false;
  }

  clear(): void {
    for (const [key, all] of [...this.#kept]) for (const kept of all) this.#end(key, kept);
  }

  #end(key: string, kept: Kept): void {
    this.#remove(key, kept);
    kept.giveUp();
  }

  #remove(key: string, kept: Kept): void {
    clearTimeout(kept.timer);
    const others = (this.#kept.get(key) ?? []).filter((other) => other !== kept);
    if (others.length > 0) this.#kept.set(key, others);
    else this.#kept.delete(key);
  }
}

/** Who has a name has one subscription at a time; a session has as many as it has filters. */
function keyOf({ clientId, identity }: Subscriber, filter: string): string | undefined {
  if (identity !== undefined) return JSON.stringify([clientId ?? null, identity]);
  return clientId === undefined ? undefined : JSON.stringify([clientId, null, filter]);
}
