import type { Node } from 'node-red';
import { StoredOutbox } from '../../src/delivery/stored-outbox.js';
import type { WireMessage } from '../../src/event.js';
import type { NewDeadLetter } from '../../src/store/dead-letter-store.js';
import type { StoreConnection } from '../../src/store/store-connection.js';

/**
 * Dead letters in a store: one commit puts the letter into the table, from which it can be repaired, and into the
 * outbox, from which it is published when the broker can take it, by this process or by the next.
 */
export class LetterBox {
  private readonly queue: string;
  private readonly outbox: StoredOutbox;

  constructor(
    node: Node,
    private readonly connection: StoreConnection,
    publish: (letter: WireMessage) => Promise<unknown>,
  ) {
    this.queue = `dlq ${node.id}`;
    this.outbox = new StoredOutbox(
      async () => (await connection.access()).outbox,
      this.queue,
      publish,
      (error, { topic }) => node.error(`The letter for ${topic} stays in the store only: ${error.message}`),
    );
    this.outbox.wake();
  }

  /**
   * @param publication undefined for a letter that lies with its broker already
   * @returns after the commit
   */
  async keep(letter: NewDeadLetter, publication: WireMessage | undefined): Promise<void> {
    const store = await this.connection.access();
    const publish = publication === undefined ? {} : { publish: publication };
    await store.settle({ queue: this.queue, deadLetter: letter, ...publish });
    this.outbox.wake();
  }

  async close(): Promise<void> {
    await this.outbox.close();
  }
}
