import type { Node } from 'node-red';
import { toGridwireError } from '../../src/errors.js';
import type { GivenUp } from '../outbound/given-up.js';
import { type OriginFor, originAt } from '../outbound/origin-at.js';
import type { OutboxStatus } from '../outbound/outbox-status.js';
import type { GridwireMessage } from '../runtime/messages.js';
import { chosenBroker } from './broker-choice.js';
import type { Destination, Sending } from './destination.js';
import { elementError, elementsOf } from './elements.js';
import { ListEnds, type Published } from './list-ends.js';

const unnamed: OriginFor = () => undefined;

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
    const sendings = await this.encodedAll(destination, message);
    const ends = new ListEnds(sendings, {
      sent: () => this.shown.sent(),
      failed: (topic, error) => {
        this.givenUp.count(topic, error);
        this.shown.failed(destination.outbox, error);
      },
    });
    destination.sendAll(sendings, originFor, (index) => ends.of(index));
    return ends.all;
  }

  /** To be called before anything is waited for: the event may come to its end meanwhile. */
  private originAt(message: GridwireMessage): OriginFor {
    return this.isNamed ? originAt(this.node, message) : unnamed;
  }

  /** @throws GridwireError naming the element that is refused; the others' steps of a trace end with it */
  private async encodedAll(destination: Destination, message: GridwireMessage): Promise<Sending[]> {
    const sendings: Sending[] = [];
    try {
      const elements = elementsOf(message);
      for (const [index, element] of elements.entries()) {
        try {
          const encoded = destination.encode(element);
          sendings.push(encoded instanceof Promise ? await encoded : encoded);
        } catch (thrown) {
          throw elementError(index, elements.length, thrown);
        }
      }
      return sendings;
    } catch (thrown) {
      const error = toGridwireError(thrown);
      for (const { step } of sendings) step?.end(error);
      this.shown.failed(destination.outbox, error);
      throw error;
    }
  }
}
