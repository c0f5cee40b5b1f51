import type { Node, NodeAPI } from 'node-red';
import type { RetryData } from '../../src/contracts/contract-data.js';
import { Outbox } from '../../src/delivery/outbound/outbox.js';
import { OutboxFacts } from '../../src/delivery/outbound/outbox-facts.js';
import type { WireMessage } from '../../src/event.js';
import type { NewDeadLetter } from '../../src/store/dead-letter-store.js';
import { durableIn } from '../outbound/durable-outbox.js';
import { memoriesOf } from '../runtime/memories.js';
import { placeOf } from '../runtime/place.js';
import { queueOf } from '../runtime/queue-owner.js';
import type { UsableBrokerNode } from '../runtime/broker-node.js';
import type { UsableStoreNode } from '../runtime/store-node.js';

/** The store bounds what waits there; a letter is never too old. */
const LIMITS = { maxCount: Infinity, maxBytes: Infinity, maxAge: Infinity };

/**
 * Dead letters in a store: one commit puts the letter into the table, from which it can be repaired, and into the
 * outbox, from which it is published when the broker can take it, by this process or by the next.
 */
export class LetterBox {
  readonly outbox: Outbox;
  private readonly queue: string;

  constructor(
    private readonly RED: NodeAPI,
    node: Node,
    private readonly store: UsableStoreNode,
    brokerNode: UsableBrokerNode,
    { retry, drainRate }: { retry: RetryData; drainRate: number },
    onChange: () => void,
  ) {
    const owner = { node, brokerNode, kind: 'dlq' } as const;
    this.queue = queueOf(owner);
    const durable = durableIn(
      RED,
      store,
      owner,
      true,
      retry,
      (topic, { message }) => `The letter for ${topic} stays in the store only: ${message}`,
    );
    const facts = new OutboxFacts(placeOf(node, brokerNode));
    this.outbox = new Outbox(brokerNode.broker, { ...LIMITS, drainRate }, { onChange, durable, facts });
    store.outboxes.add(this.queue, { outbox: this.outbox, owner });
    memoriesOf(RED).set(this.outbox, store.id);
  }

  /** @param milliseconds how long what is on its way into the store may take */
  async close(milliseconds: number): Promise<void> {
    memoriesOf(this.RED).delete(this.outbox);
    this.store.outboxes.remove(this.queue, this.outbox);
    this.outbox.close();
    await this.outbox.atRest(milliseconds);
  }

  /**
   * @param publication undefined for a letter that lies with its broker already
   * @returns after the commit
   */
  async keep(letter: NewDeadLetter, publication: WireMessage | undefined): Promise<void> {
    const store = await this.store.connection.access();
    const queue = await store.ownQueue(this.queue);
    if (publication === undefined) {
      await store.settle({ queue, deadLetter: letter });
      return;
    }
    await this.outbox.post(publication, async () => {
      return (await store.settle({ queue, deadLetter: letter, publish: publication })) as number;
    });
  }
}
