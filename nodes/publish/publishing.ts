import type { Node } from 'node-red';
import type { PublishResult } from '../../src/brokers/broker.js';
import type { GivenUp } from '../outbound/given-up.js';
import { type OriginFor, originAt } from '../outbound/origin-at.js';
import type { OutboxStatus } from '../outbound/outbox-status.js';
import type { GridwireMessage } from '../runtime/messages.js';
import { chosenBroker } from './broker-choice.js';
import type { Destination, Sending } from './destination.js';
import { elementError, elementsOf, listError } from './elements.js';

const unnamed: OriginFor = () => undefined;

/** An event that its broker has acknowledged. */
export interface Published {
  topic: string;
  result: PublishResult;
}

/** Publishes what a message brings: one event, or each of a list. */
export class Publishing {
  constructor(
    private readonly node: Node,
    private readonly destinations: readonly Destination[],
    private readonly shown: OutboxStatus,
    private readonly givenUp: GivenUp,
    /** Whether a store asks which event of a source a message belongs to. */
    private readonly isNamed: boolean,
  ) {}

  /**
   * @returns nothing for an event that a store keeps for somebody else
   * @throws GridwireError why it was not published
   */
  async one(message: GridwireMessage): Promise<Published | undefined> {
    const originFor = this.originAt(message);
    const destination = chosenBroker(this.destinations, message);
    const { shown, givenUp } = this;
    let topic: string | undefined;
    // In one piece, because each layer costs every message a promise.
    try {
      const encoded = destination.encode(message);
      const sending = encoded instanceof Promise ? await encoded : encoded;
      ({ topic } = sending.wire);
      const result = await destination.send(sending, originFor(topic));
      if (result === undefined) return undefined;
      shown.sent();
      return { topic, result };
    } catch (thrown) {
      if (topic !== undefined) givenUp.count(topic, thrown);
      shown.failed(destination.outbox, thrown);
      throw thrown;
    }
  }

  /**
   * Each element of the list is an event. All are checked before the first is sent.
   * @returns what became of each, in the order of the list; nothing if a store keeps one of them for somebody else
   * @throws GridwireError why one of them was not published
   */
  async each(message: GridwireMessage): Promise<{ results: Published[] } | undefined> {
    const originFor = this.originAt(message);
    const destination = chosenBroker(this.destinations, message);
    let sendings: Sending[] = [];
    await this.shown.follow<never>(destination.outbox, async () => {
      sendings = await encodedAll(destination, message);
      return undefined;
    });
    const ends = await Promise.allSettled(
      sendings.map((sending) =>
        this.shown.follow(destination.outbox, () => this.send(destination, sending, originFor)),
      ),
    );
    const failed = ends.flatMap((end, index) =>
      end.status === 'rejected' ? [{ index, reason: end.reason as unknown }] : [],
    );
    if (failed.length > 0) throw listError(failed, ends.length);
    const results = ends.flatMap((end) =>
      end.status === 'fulfilled' && end.value !== undefined ? [end.value] : [],
    );
    return results.length < ends.length ? undefined : { results };
  }

  /** To be called before anything is waited for: the event may come to its end meanwhile. */
  private originAt(message: GridwireMessage): OriginFor {
    return this.isNamed ? originAt(this.node, message) : unnamed;
  }

  private async send(
    destination: Destination,
    sending: Sending,
    originFor: OriginFor,
  ): Promise<Published | undefined> {
    const { topic } = sending.wire;
    const result = await this.givenUp.watch(topic, destination.send(sending, originFor(topic)));
    return result && { topic, result };
  }
}

/** @throws GridwireError naming the element that is refused; the others' steps of a trace end with it */
async function encodedAll(destination: Destination, message: GridwireMessage): Promise<Sending[]> {
  const elements = elementsOf(message);
  const sendings: Sending[] = [];
  for (const [index, element] of elements.entries()) {
    try {
      sendings.push(await destination.encode(element));
    } catch (thrown) {
      const error = elementError(index, elements.length, thrown);
      for (const { step } of sendings) step?.end(error);
      throw error;
    }
  }
  return sendings;
}
