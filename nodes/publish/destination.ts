import type { Node, NodeAPI } from 'node-red';
import type { Contract } from '../../src/contracts/contract.js';
import { Outbox } from '../../src/delivery/outbound/outbox.js';
import type { OutboxOptions } from '../../src/delivery/outbound/outbox-limits.js';
import type { GridwireError } from '../../src/errors.js';
import type { UsableBrokerNode } from '../runtime/broker-node.js';
import { durableIn } from '../outbound/durable-outbox.js';
import type { UsableStoreNode } from '../runtime/store-node.js';
import { Encoder, type EncoderOptions } from './encoder.js';

export interface DestinationOptions {
  brokerNode: UsableBrokerNode;
  contract: Contract | undefined;
  encoding: Omit<EncoderOptions, 'contract' | 'brokerNode'>;
  bounds: Partial<OutboxOptions>;
  store: UsableStoreNode | undefined;
  /** Made of the node's id and the broker's, so that a restart and a deploy find what was left. */
  queue: string;
}

const lostLater = (topic: string, { message }: GridwireError): string =>
  `An event for ${topic} that was kept in the store was not delivered: ${message}`;

/** One of the brokers that a node publishes to: what is sent to it, in its form, and what waits for it. */
export class Destination {
  readonly brokerNode: UsableBrokerNode;
  readonly encoder: Encoder;
  readonly outbox: Outbox;

  constructor(
    RED: NodeAPI,
    private readonly node: Node,
    private readonly options: DestinationOptions,
    onChange: () => void,
  ) {
    const { brokerNode, contract, encoding, bounds, store, queue } = options;
    this.brokerNode = brokerNode;
    this.encoder = new Encoder(RED, node, { ...encoding, contract, brokerNode });
    const durable = store && durableIn(store, node, queue, contract?.data.retry, lostLater);
    this.outbox = new Outbox(brokerNode.broker, bounds, onChange, durable);
    store?.outboxes.add(queue, this.outbox);
    brokerNode.acquire(node);
  }

  /** @param milliseconds how long what is on its way into the store may take */
  async close(milliseconds: number): Promise<void> {
    const { store, queue } = this.options;
    store?.outboxes.remove(queue, this.outbox);
    this.outbox.close();
    await this.outbox.atRest(milliseconds);
    await this.brokerNode.release(this.node);
  }
}
