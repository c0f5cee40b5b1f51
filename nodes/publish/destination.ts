import type { Node, NodeAPI } from 'node-red';
import type { Contract } from '../../src/contracts/contract.js';
import type { PublishResult } from '../../src/brokers/broker.js';
import type { Origin } from '../../src/delivery/outbound/journal.js';
import type { Place } from '../../src/observe/facts/facts.js';
import type { Step } from '../../src/observe/traces/traces.js';
import { ending, follow, parentIn, processTraces } from '../runtime/traces.js';
import type { Elsewhere } from '../../src/delivery/outbound/elsewhere.js';
import { Outbox } from '../../src/delivery/outbound/outbox.js';
import { OutboxFacts } from '../../src/delivery/outbound/outbox-facts.js';
import type { OutboxOptions } from '../../src/delivery/outbound/outbox-limits.js';
import { type GridwireError, toGridwireError } from '../../src/errors.js';
import type { UsableBrokerNode } from '../runtime/broker-node.js';
import type { Sender } from '../../src/delivery/outbound/senders.js';
import { durableIn } from '../outbound/durable-outbox.js';
import type { OriginFor } from '../outbound/origin-at.js';
import { memoriesOf } from '../runtime/memories.js';
import { placeOf } from '../runtime/place.js';
import { queueOf } from '../runtime/queue-owner.js';
import type { UsableStoreNode } from '../runtime/store-node.js';
import type { GridwireMessage } from '../runtime/messages.js';
import { type Encoded, Encoder, type EncoderOptions } from './encoder.js';

export interface DestinationOptions {
  brokerNode: UsableBrokerNode;
  contract: Contract | undefined;
  encoding: Omit<EncoderOptions, 'contract' | 'brokerNode'>;
  bounds: Partial<OutboxOptions>;
  store: UsableStoreNode | undefined;
  /** Knows what waits in queues that the node had before. */
  elsewhere: Elsewhere | undefined;
  /** Whether it is the node's first one. */
  isFirst: boolean;
}

/** What is to be sent, as a step of its trace where there are traces. */
export interface Sending extends Encoded {
  step: Step | undefined;
}

const lostLater = (topic: string, { message }: GridwireError): string =>
  `An event for ${topic} that was kept in the store was not delivered: ${message}`;

/** One of the brokers that a node publishes to: what is sent to it, in its form, and what waits for it. */
export class Destination {
  readonly brokerNode: UsableBrokerNode;
  private readonly encoder: Encoder;
  private readonly facts: OutboxFacts;
  private readonly place: Place;
  readonly outbox: Outbox;
  private readonly queue: string;

  constructor(
    private readonly RED: NodeAPI,
    private readonly node: Node,
    private readonly options: DestinationOptions,
    onChange: () => void,
  ) {
    const { brokerNode, contract, encoding, bounds, store, elsewhere, isFirst } = options;
    const owner = { node, brokerNode, kind: 'publish' } as const;
    this.queue = queueOf(owner);
    this.brokerNode = brokerNode;
    this.encoder = new Encoder(RED, node, { ...encoding, contract, brokerNode });
    const durable = store && durableIn(RED, store, owner, isFirst, contract?.data.retry, lostLater);
    this.place = placeOf(node, brokerNode);
    const facts = new OutboxFacts(this.place);
    this.outbox = new Outbox(brokerNode.broker, bounds, {
      onChange,
      facts,
      ...(elsewhere && { elsewhere }),
      ...(durable && { durable }),
    });
    this.facts = facts;
    store?.outboxes.add(this.queue, { outbox: this.outbox, owner });
    memoriesOf(RED).set(this.outbox, store?.id);
    brokerNode.acquire(node);
  }

  /**
   * @returns a promise only where something has to be computed first
   * @throws GridwireError whatever the contract refuses; or rejects with it
   */
  encode(message: GridwireMessage): Sending | Promise<Sending> {
    const { about } = this.encoder;
    const step = processTraces(this.RED)?.send({ place: this.place, about }, parentIn(message));
    try {
      const encoded = this.encoder.encode(message, step?.parent);
      if (!(encoded instanceof Promise)) return { ...encoded, step };
      return encoded.then(
        (each) => ({ ...each, step }),
        (thrown: unknown) => {
          throw this.refused(step, thrown);
        },
      );
    } catch (thrown) {
      throw this.refused(step, thrown);
    }
  }

  private refused(step: Step | undefined, thrown: unknown): GridwireError {
    const error = toGridwireError(thrown);
    this.facts.refused(this.encoder.about, error);
    step?.end(error);
    return error;
  }

  /** As the outbox does it. */
  send({ wire, rule, step }: Sending, origin?: Origin): Promise<PublishResult | undefined> {
    const sent = this.outbox.send(wire, rule, origin);
    if (step === undefined) return sent;
    step.know({ place: this.place, about: rule.about, topic: wire.topic });
    return follow(step, sent);
  }

  /**
   * Events that come together, each as `send` does it.
   * @param senderOf who is told of the end of one, by its place among them
   */
  sendAll(sendings: readonly Sending[], originFor: OriginFor, senderOf: (index: number) => Sender): void {
    this.outbox.sendAll(sendings, originFor, (index) => {
      const sender = senderOf(index);
      const { step, wire, rule } = sendings[index] as Sending;
      if (step === undefined) return sender;
      step.know({ place: this.place, about: rule.about, topic: wire.topic });
      return ending(step, sender);
    });
  }

  /** @param milliseconds how long what is on its way into the store may take */
  async close(milliseconds: number): Promise<void> {
    memoriesOf(this.RED).delete(this.outbox);
    this.options.store?.outboxes.remove(this.queue, this.outbox);
    this.outbox.close();
    await this.outbox.atRest(milliseconds);
    await this.brokerNode.release(this.node);
  }
}
