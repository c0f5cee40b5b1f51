import type { Clock } from '../../clock.js';
import { toGridwireError } from '../../errors.js';
import { own } from '../../own.js';
import type { OutboxStore, QueueSummary } from '../../store/queue-stores.js';
import { Turn } from './handover.js';
import type { Origin } from './journal.js';
import { storableOrigin } from './origins.js';

/** What is asked of a store in which other queues of the node may lie. */
export interface ElsewhereStore {
  outbox: Pick<OutboxStore, 'queues' | 'named' | 'unname'>;
}

/** A store, and which of its queues are the node's, and not sent by it now. */
export interface OtherQueues {
  open: () => Promise<ElsewhereStore>;
  isOne: (queue: string) => boolean;
  /** What it does not answer must be waited for. Of any other one that is away nothing is known, and nothing waits. */
  isRequired: boolean;
}

interface Question {
  name: string;
  found: Origin['found'];
  resolve: (isKept: boolean) => void;
  reject: (error: unknown) => void;
}

/** Such queues come by deploys, so they are looked for when the node is new, and while there are some. */
const NEW = 30_000;
const LOOK_WHILE_NEW = 5_000;
const LOOK = 60_000;
/** How long a store that is not required is waited for, milliseconds. */
const PATIENCE = 2_000;

/**
 * Whether an event of a source waits already in a queue that the node had before: for another broker, or in another
 * store. That queue answers for it, and is shown as one that no node sends; the node must not send the event to the
 * broker it has now as well. Questions are answered in their order, many at a time.
 */
export class Elsewhere {
  private readonly began: number;
  private lookAt = -Infinity;
  private places: { store: ElsewhereStore; queues: string[]; isRequired: boolean }[] = [];
  private waiting: Question[] = [];
  private isAsking = false;

  /** @param others found anew at each look, because a deploy may have changed them */
  constructor(
    private readonly others: () => readonly OtherQueues[],
    private readonly clock: Clock,
  ) {
    this.began = clock.now();
  }

  /** Whether an event has to be asked about. Those behind one that is asked about are asked about too: order is kept. */
  concerns({ found }: Origin): boolean {
    return this.isAsking || this.places.length > 0 || (found === 'same' && this.lookAt <= this.clock.now());
  }

  /**
   * @returns whether another queue answers for the event
   * @throws GridwireError why a store that has to be asked does not answer
   */
  keeps(origin: Origin): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ ...storableOrigin(origin), resolve, reject });
      if (!this.isAsking) own(this.askAll(), reject);
    });
  }

  private async askAll(): Promise<void> {
    this.isAsking = true;
    while (this.waiting.length > 0) {
      const questions = this.waiting.splice(0);
      try {
        const kept = await this.ask(questions);
        for (const { name, resolve } of questions) resolve(kept.has(name));
      } catch (thrown) {
        for (const { reject } of questions) reject(toGridwireError(thrown));
      }
      // Who was answered goes on before anybody who need not ask.
      await Promise.resolve();
    }
    this.isAsking = false;
  }

  private async ask(questions: readonly Question[]): Promise<Set<string>> {
    if (this.lookAt <= this.clock.now()) await this.look();
    const kept = new Set<string>();
    for (const { store, queues, isRequired } of this.places) {
      const names = questions.map(({ name }) => name);
      const found = await this.answer(isRequired, store.outbox.named(queues, names), []);
      // What names an event at its broker may be used again: the row is another event's.
      const others = questions.filter(({ name, found: what }) => what !== 'same' && found.includes(name));
      const free = others.map(({ name }) => name);
      if (free.length > 0) await this.answer(isRequired, store.outbox.unname(queues, free), undefined);
      for (const name of found) if (!free.includes(name)) kept.add(name);
    }
    return kept;
  }

  private async look(): Promise<void> {
    const places: typeof this.places = [];
    for (const { open, isOne, isRequired } of this.others()) {
      const store = await this.answer(isRequired, open(), undefined);
      const all = store === undefined ? [] : await this.answer(isRequired, queuesOf(store, isOne), []);
      const queues = all.map(({ queue }) => queue).filter(isOne);
      if (store !== undefined && queues.length > 0) places.push({ store, queues, isRequired });
    }
    this.places = places;
    const now = this.clock.now();
    const wait = places.length > 0 ? LOOK : Infinity;
    this.lookAt = now + (now - this.began < NEW ? LOOK_WHILE_NEW : wait);
  }

  private async answer<Value>(isRequired: boolean, asked: Promise<Value>, otherwise: Value): Promise<Value> {
    if (isRequired) return asked;
    let cancel = (): void => undefined;
    const patience = new Promise<Value>((resolve) => {
      cancel = this.clock.after(PATIENCE, () => resolve(otherwise));
    });
    const value = await Promise.race([asked.catch(() => otherwise), patience]);
    cancel();
    return value;
  }
}

/** What the node's former outbox is still writing is there when it is looked for. */
async function queuesOf(store: ElsewhereStore, isOne: OtherQueues['isOne']): Promise<QueueSummary[]> {
  await Turn.over(store, isOne);
  return store.outbox.queues();
}
