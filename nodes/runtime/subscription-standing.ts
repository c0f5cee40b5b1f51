import type { Node } from 'node-red';
import type { BrokerState, Subscription } from '../../src/brokers/broker.js';
import { type ErrorCode, type GridwireError, toGridwireError } from '../../src/errors.js';
import { reportStanding } from '../../src/observe/facts/standings.js';
import type { UsableBrokerNode } from './broker-node.js';
import { placeOf } from './place.js';

type Confirmed = Pick<Subscription, 'isGranted'>;

/** Whether a node has subscribed, and if not whether the broker refused it: whoever asks how everything stands is told. */
export class SubscriptionStanding {
  private isAsked = false;
  private made: Confirmed | undefined;
  private refusal: ErrorCode | undefined;
  /** Nobody asks again by himself. */
  private isForGood = false;
  private readonly unreport: () => void;
  private readonly onState = (state: BrokerState): void => {
    if (state !== 'connected') this.reads();
  };

  constructor(
    node: Node,
    private readonly brokerNode: UsableBrokerNode,
  ) {
    const place = placeOf(node, brokerNode);
    brokerNode.broker.on('state', this.onState);
    this.unreport = reportStanding(() =>
      this.isAsked
        ? {
            ...{ of: 'subscription', place, stands: this.stands },
            ...(this.refusal === undefined ? {} : { refused: this.refusal }),
          }
        : undefined,
    );
  }

  /** From now on it is waited for. */
  waits(): void {
    this.isAsked = true;
  }

  /** Resolves or rejects as the subscription does. */
  async follow<Made extends Confirmed>(subscribing: Promise<Made>): Promise<Made> {
    this.waits();
    this.isForGood = false;
    try {
      const made = await subscribing;
      this.made = made;
      this.reads();
      return made;
    } catch (thrown) {
      this.refusal = toGridwireError(thrown).code;
      this.isForGood = true;
      throw thrown;
    }
  }

  private get stands(): boolean {
    return this.made !== undefined && this.made.isGranted?.() !== false && this.refusal === undefined;
  }

  /** What stands in its way after it was made. */
  readonly onProblem = ({ code }: GridwireError): void => {
    if (code === 'SUBSCRIBE_REFUSED') this.refusal = code;
  };

  /** It is subscribed, or the connection has ended that it was refused at, and the next one asks again. */
  reads(): void {
    if (!this.isForGood) this.refusal = undefined;
  }

  close(): void {
    this.unreport();
    this.brokerNode.broker.off('state', this.onState);
  }
}
