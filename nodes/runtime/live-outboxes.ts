import type { Outbox } from '../../src/delivery/outbound/outbox.js';
import type { EventStore } from '../../src/store/event-store.js';

/** The outboxes of deployed nodes by their queue in one store: whoever gives up what waits there has to tell them. */
export class LiveOutboxes {
  private readonly byQueue = new Map<string, Outbox>();

  add(queue: string, outbox: Outbox): void {
    this.byQueue.set(queue, outbox);
  }

  /** A node that closes late does not take away its successor's. */
  remove(queue: string, outbox: Outbox): void {
    if (this.byQueue.get(queue) === outbox) this.byQueue.delete(queue);
  }

  /** @param queue as the store names it, which may be by the instance */
  async of(store: Pick<EventStore, 'ownQueue'>, queue: string): Promise<Outbox | undefined> {
    for (const [name, outbox] of this.byQueue) if ((await store.ownQueue(name)) === queue) return outbox;
    return undefined;
  }
}
