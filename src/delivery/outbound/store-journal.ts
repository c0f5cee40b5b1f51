import type { EventStore } from '../../store/event-store.js';
import { type LeftOver, Turn } from './handover.js';
import type { JournalUsage, KeptEntry, Origin, OutboxJournal } from './journal.js';
import type { NamedRow, OutboxStore } from '../../store/queue-stores.js';
import type { WireMessage } from '../../event.js';

/** What a journal needs of a store. */
export type JournalStore = Pick<EventStore, 'outbox' | 'ownQueue' | 'tenure'>;

/** The journal of one node and broker in a store's outbox. */
export class StoreJournal implements OutboxJournal {
  private opened: JournalStore | undefined;
  private turn: Turn | undefined;

  /**
   * @param queue made of the node's id and the broker's, so that a restart and a deploy find what was left
   * @param formerly names that the queue had in earlier versions; what waits there is taken over once
   */
  constructor(
    private readonly store: () => Promise<JournalStore>,
    private readonly queue: string,
    private readonly formerly: readonly string[] = [],
  ) {}

  async add(message: WireMessage, { name, found }: Origin): Promise<NamedRow> {
    const { outbox, queue } = await this.own();
    return outbox.addNamed(queue, { message, origin: name, found });
  }

  async remove(ids: readonly number[]): Promise<void> {
    const { outbox, queue } = await this.own();
    await outbox.remove(queue, ids);
  }

  async revoke(origins: readonly string[]): Promise<void> {
    const { outbox, queue } = await this.own();
    await outbox.revoke(queue, origins);
  }

  async load(after: number, limit: number, bytes: number): Promise<KeptEntry[]> {
    const { outbox, queue } = await this.own();
    const page = await outbox.peek(queue, after, limit, bytes);
    return page.map(({ id, message, age, origin, enqueuedAt }) => ({
      ...{ id, message, origin, age },
      timeToLive: message.expiresAt === undefined ? undefined : message.expiresAt - enqueuedAt,
    }));
  }

  async usage(): Promise<JournalUsage> {
    const { outbox, queue, store } = await this.own();
    this.turn ??= Turn.next(store, this.queue);
    await this.turn.begin(async ({ ids, names }) => {
      if (ids.length > 0) await outbox.remove(queue, ids);
      if (names.length > 0) await outbox.revoke(queue, names);
    });
    for (const name of this.formerly) await outbox.move(await store.ownQueue(name), queue);
    const { count, bytes, newestId = 0 } = await outbox.usage(queue);
    return { count, bytes, newestId };
  }

  leaving(): void {
    this.turn?.leaving();
  }

  leave(left: LeftOver): void {
    this.turn?.leave(left);
  }

  validUntil(): number {
    return this.opened?.tenure.validUntil ?? Infinity;
  }

  generation(): number {
    return this.opened?.tenure.generation ?? 0;
  }

  private async own(): Promise<{ outbox: OutboxStore; queue: string; store: JournalStore }> {
    const store = (this.opened = await this.store());
    return { outbox: store.outbox, queue: await store.ownQueue(this.queue), store };
  }
}
