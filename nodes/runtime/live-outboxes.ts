import type { Outbox } from '../../src/delivery/outbound/outbox.js';
import type { EventStore } from '../../src/store/event-store.js';
import type { QueueOwner } from './queue-owner.js';

/** An outbox at work, and whose it is. */
export interface LiveOutbox {
  outbox: Outbox;
  owner: QueueOwner;
}

/** The outboxes of deployed nodes by their queue in one store: whoever gives up what waits there has to tell them. */
export class LiveOutboxes {
  private readonly byQueue = new Map<string, LiveOutbox>();

  add(queue: string, live: LiveOutbox): void {
    this.byQueue.set(queue, live);
  }

  /** A node that closes late does not take away its successor's. */
  remove(queue: string, outbox: Outbox): void {
    if (this.byQueue.get(queue)?.outbox === outbox) this.byQueue.delete(queue);
  }

  all(): LiveOutbox[] {
    return [...this.byQueue.values()];
  }

  /** @param queue as the store names it, which may be by the instance */
  async of(store: Pick<EventStore, 'ownQueue'>, queue: string): Promise<LiveOutbox | undefined> {
    for (const [name, live] of this.byQueue) if ((await store.ownQueue(name)) === queue) return live;
    return undefined;
  }
}
