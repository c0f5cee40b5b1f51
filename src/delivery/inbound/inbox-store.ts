import type { Clock } from '../../clock.js';
import { headerEntries, type WireMessage } from '../../event.js';
import type { EventStore } from '../../store/event-store.js';
import type { DeduplicationWindow } from '../../store/queue-stores.js';
import type { Begun, Loaded, Write } from './effects.js';
import type { Decision } from './work.js';

/** What the inbox needs of a store. Every promise may reject: see `Answer`. */
export interface InboxStore {
  /** @param again the same may have been written before, without an answer */
  write(write: Write, again: boolean): Promise<void>;
  /** Which of the ids have been dealt with since that moment. */
  seen(ids: readonly string[], since: number): Promise<ReadonlySet<string>>;
  /** @param now when it was asked */
  begin(now: number): Promise<Begun>;
  load(now: number, limit: number, except: readonly string[]): Promise<Omit<Loaded, 'ids'>>;
  decide(decision: Decision, now: number): Promise<number>;
  trim(now: number): Promise<unknown>;
}

export interface InboxQueue {
  open: () => Promise<EventStore>;
  /** The name of the queue of parked messages in that store. */
  nameIn: (store: EventStore) => Promise<string>;
  /** Whose ids are remembered together, and which. */
  scope: string;
  /** By which the inbox counts. */
  clock: Pick<Clock, 'now'>;
  window?: DeduplicationWindow;
}

/** Letters of one moment that are looked through for one that may have been written. */
const LETTERS = 1_000;
/** Names that are asked for. */
const NAMES = 20_000;

/** A queue of an event store. */
export class InboxQueueStore implements InboxStore {
  constructor(private readonly queue: InboxQueue) {}

  async write({ park, release, mark, letter }: Write, again: boolean): Promise<void> {
    const [store, queue] = await this.opened();
    const isThere = again && letter !== undefined && (await hasLetter(store, letter));
    // A store that was long away, or a write that is made again, must not look to it like a clock that was set.
    const at = this.queue.clock.now();
    await store.settle({
      queue,
      ...(park === undefined ? {} : { park: { ...park, at } }),
      ...(release === undefined ? {} : { release }),
      ...(mark === undefined ? {} : { mark: { scope: this.queue.scope, key: mark.id, at: mark.at } }),
      ...(letter === undefined || isThere ? {} : { deadLetter: letter }),
    });
  }

  async seen(ids: readonly string[], since: number): Promise<ReadonlySet<string>> {
    const store = await this.queue.open();
    return store.deduplication.seen(this.queue.scope, ids, since);
  }

  async begin(asked: number): Promise<Begun> {
    const [store, queue] = await this.opened();
    // Not the time of the question: to open the store may have taken long.
    const held = await store.parked.takeUp(queue, Math.max(asked, this.queue.clock.now()));
    return { held, names: await store.parked.names(queue, NAMES) };
  }

  async load(now: number, limit: number, except: readonly string[]): Promise<Omit<Loaded, 'ids'>> {
    const [{ parked }, queue] = await this.opened();
    const due = await parked.due(queue, now, limit, except);
    const next = await parked.nextDueAt(queue, now);
    const [count, held] = [await parked.waiting(queue), await parked.held(queue)];
    return { due, count, held, ...(next === undefined ? {} : { next }) };
  }

  async decide({ by, refusal }: Decision, asked: number): Promise<number> {
    const [{ parked }, queue] = await this.opened();
    // As in `begin`: what waits would be taken for as old as the question, and a late command for one in time.
    const now = Math.max(asked, this.queue.clock.now());
    const why = refusal && { code: refusal.code, reason: refusal.message };
    return parked.decide(queue, by, now, why);
  }

  async trim(now: number): Promise<unknown> {
    const { window, scope } = this.queue;
    if (window === undefined) return undefined;
    const store = await this.queue.open();
    return store.deduplication.trim(scope, window, now);
  }

  private async opened(): Promise<[EventStore, string]> {
    const store = await this.queue.open();
    return [store, await this.queue.nameIn(store)];
  }
}

/** A commit without an answer may have been one: the same letter of the same moment is not written twice. */
async function hasLetter(
  { deadLetters }: EventStore,
  { message, code, failedAt }: NonNullable<Write['letter']>,
): Promise<boolean> {
  const moment = { from: failedAt, to: failedAt + 1, codes: [code] };
  const found = await deadLetters.list(moment, 0, LETTERS);
  return found.some((other) => contentOf(other.message) === contentOf(message));
}

/** All that tells one message from another: devices send the same bytes again and again. */
function contentOf({ body, headers, key, ...rest }: WireMessage): string {
  const values = [...headerEntries(headers)].map(
    ([name, value]) => `${name} ${value === null ? '' : Buffer.from(value).toString('base64')}`,
  );
  const { topic, tombstone, contentType, responseTopic, correlationData, expiresAt } = rest;
  const written = [key ?? [], correlationData ?? [], body].map((each) =>
    Buffer.from(each as string).toString('base64'),
  );
  return JSON.stringify([
    topic,
    key === undefined,
    tombstone,
    contentType,
    responseTopic,
    correlationData === undefined,
    expiresAt,
    values.sort(),
    written,
  ]);
}
