import { createHash } from 'node:crypto';
import type { EventStore } from '../../store/event-store.js';
import type { DeduplicationWindow } from '../../store/queue-stores.js';

/** Marks between two trims of the window. */
const TRIM_EVERY = 1_000;
/** Ids of more characters are replaced by their digest. */
const LONGEST = 256;

type Persist = <Result>(
  action: (store: EventStore) => Promise<Result>,
) => Promise<{ result: Result } | undefined>;

/**
 * Tells messages that have been dealt with from new ones, by their id. The mark itself is written by whoever settles
 * the message, in the same commit. A repetition that comes while the first is still in hand waits for its end.
 */
export class Duplicates {
  private readonly inHand = new Map<string, (() => void)[]>();
  private asked: { id: string; answer: (seen: boolean) => void }[] = [];
  private asking = false;
  private marks = 0;
  private removed = 0;

  /** @param persist runs an action on the store until it works */
  constructor(
    private readonly persist: Persist,
    readonly scope: string,
    private readonly window: DeduplicationWindow,
  ) {}

  /** Repetitions that were recognised. */
  get count(): number {
    return this.removed;
  }

  /**
   * Resolves with false when the message was dealt with before, or with true when it is the caller's to deal with, who
   * then calls `end`. Answers in the order of the calls.
   */
  async begin(id: string): Promise<boolean> {
    const waiting = this.inHand.get(id);
    if (waiting !== undefined) {
      await new Promise<void>((resolve) => waiting.push(resolve));
      this.removed += 1;
      return false;
    }
    this.inHand.set(id, []);
    const seen = await this.ask(id);
    if (!seen) return true;
    this.end(id);
    this.removed += 1;
    return false;
  }

  /** The message has been settled: it is marked, or has another home. */
  end(id: string): void {
    const waiting = this.inHand.get(id) ?? [];
    this.inHand.delete(id);
    for (const resolve of waiting) resolve();
  }

  /** The mark for the settlement's commit. */
  mark(id: string, at: number): { scope: string; key: string; at: number } {
    this.marks += 1;
    if (this.marks % TRIM_EVERY === 0)
      void this.persist((store) => store.deduplication.trim(this.scope, this.window, at));
    return { scope: this.scope, key: keyOf(id), at };
  }

  private ask(id: string): Promise<boolean> {
    return new Promise((answer) => {
      this.asked.push({ id, answer });
      if (!this.asking) void this.answer();
    });
  }

  /** One question at a time; what is asked meanwhile goes into the next. */
  private async answer(): Promise<void> {
    this.asking = true;
    await Promise.resolve();
    while (this.asked.length > 0) {
      const asked = this.asked.splice(0);
      const keys = asked.map(({ id }) => keyOf(id));
      const found = await this.persist((store) => store.deduplication.seen(this.scope, keys));
      if (found === undefined) return;
      asked.forEach(({ answer }, index) => answer(found.result.has(keys[index] ?? '')));
    }
    this.asking = false;
  }
}

function keyOf(id: string): string {
  return id.length <= LONGEST ? id : createHash('sha256').update(id).digest('hex');
}
