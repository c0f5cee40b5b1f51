import type { Node, NodeAPI } from 'node-red';
import type { Contract } from '../../src/contracts/contract.js';
import { Outbox } from '../../src/delivery/outbound/outbox.js';
import type { OutboxOptions } from '../../src/delivery/outbound/outbox-limits.js';
import type { GridwireError } from '../../src/errors.js';
import type { UsableBrokerNode } from '../runtime/broker-node.js';
import { durableIn } from '../outbound/durable-outbox.js';
import { queueOf } from '../runtime/queue-owner.js';
import { tellGivenUp } from '../outbound/given-up.js';
import type { UsableStoreNode } from '../runtime/store-node.js';
import { Encoder, type EncoderOptions } from './encoder.js';

export interface DestinationOptions {
  brokerNode: UsableBrokerNode;
  contract: Contract | undefined;
  encoding: Omit<EncoderOptions, 'contract' | 'brokerNode'>;
  bounds: Partial<OutboxOptions>;
  store: UsableStoreNode | undefined;
  /** Whether it is the node's first one. */
  isFirst: boolean;
}

const lostLater = (topic: string, { message }: GridwireError): string =>
  `An event for ${topic} that was kept in the store was not delivered: ${message}`;

/** One of the brokers that a node publishes to: what is sent to it, in its form, and what waits for it. */
export class Destination {
  readonly brokerNode: UsableBrokerNode;
  readonly encoder: Encoder;
  readonly outbox: Outbox;
  private readonly queue: string;

  constructor(
    RED: NodeAPI,
    private readonly node: Node,
    private readonly options: DestinationOptions,
    onChange: () => void,
  ) {
    const { brokerNode, contract, encoding, bounds, store, isFirst } = options;
    const owner = { node, brokerNode, kind: 'publish' } as const;
    this.queue = queueOf(owner);
    this.brokerNode = brokerNode;
    this.encoder = new Encoder(RED, node, { ...encoding, contract, brokerNode });
    const durable = store && durableIn(RED, store, owner, isFirst, contract?.data.retry, lostLater);
    this.outbox = new Outbox(brokerNode.broker, bounds, { onChange, ...(durable && { durable }) });
    store?.outboxes.add(this.queue, { outbox: this.outbox, owner });
    brokerNode.acquire(node);
  }

  /** @param milliseconds how long what is on its way into the store may take */
  async close(milliseconds: number): Promise<void> {
    this.options.store?.outboxes.remove(this.queue, this.outbox);
    tellGivenUp(this.node, this.outbox.close());
    await this.outbox.atRest(milliseconds);
    await this.brokerNode.release(this.node);
  }
}
