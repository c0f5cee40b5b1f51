import type { Broker, Delivery, Subscription } from '../../src/brokers/broker.js';
import { powergrid } from '../../src/contracts/powergrid/contract.js';
import { Contract } from '../../src/contracts/contract.js';
import { toGridwireError, type GridwireError } from '../../src/errors.js';
import type { GridwireEvent, JsonObject } from '../../src/event.js';

type Channel = 'actions' | 'state-updates' | 'network-state' | 'p2p-trades';

export interface Address {
  sender: string;
  recipient: string;
  /** Step of the simulation. */
  timestamp: number;
}

/**
 * The channels of one environment on one broker, by the PowerGrid contract. Nothing waits here while the broker is
 * away: a setpoint of a step that is over must not arrive later.
 */
export class GridChannels {
  private readonly contract: Contract;

  constructor(
    private readonly broker: Broker,
    private readonly environment: string,
    prefix: string,
  ) {
    this.contract = new Contract(powergrid, { prefix });
    // An environment name that cannot be part of a topic is refused now rather than at the first step.
    this.contract.type('actions').topic.render({ env: environment });
  }

  /** @throws GridwireError what the contract or the broker refuses */
  async publish(
    channel: Channel,
    payload: JsonObject,
    { sender, recipient, timestamp }: Address,
  ): Promise<void> {
    const event = this.contract.build(channel, {
      payload,
      parameters: { env: this.environment },
      members: { sender_id: sender, recipient_id: recipient, timestamp },
    });
    await this.broker.publish(this.contract.serialise(event));
  }

  /**
   * Hands over every message of a channel. What the contract refuses goes to `refused` and is settled: in a
   * simulation a bad message is a programming error to be told, not something to try again.
   * @param onProblem is told what stands in the way of the subscription later
   */
  subscribe(
    channel: Channel,
    handler: (event: GridwireEvent) => void,
    refused: (error: GridwireError) => void,
    onProblem: (error: GridwireError) => void = () => undefined,
  ): Promise<Subscription> {
    const filter = this.contract.type(channel).topic.filter({ env: this.environment });
    const handle = (delivery: Delivery): void => {
      try {
        handler(this.contract.parse(delivery.message, channel));
      } catch (thrown) {
        refused(toGridwireError(thrown));
      }
      delivery.settle('ack');
    };
    return this.broker.subscribe(filter, handle, { qos: 1, window: 10_000, retained: false, onProblem });
  }
}
