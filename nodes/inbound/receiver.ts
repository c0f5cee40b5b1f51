import type { Node, NodeDef } from 'node-red';
import type { Delivery, SubscribeOptions, Subscription } from '../../src/brokers/broker.js';
import { type GridwireError, toGridwireError } from '../../src/errors.js';
import type { UsableBrokerNode } from '../runtime/broker-node.js';
import { BrokerUse } from '../runtime/broker-use.js';
import type { NodeTools } from '../runtime/node-behaviour.js';
import { type KeptSessions, keptSessionsOf, leftText } from './kept-sessions.js';
import { LagWatch } from './lag-watch.js';
import { placeOf } from '../runtime/place.js';
import { SubscriptionStanding } from '../runtime/subscription-standing.js';
import type { StatusLine } from '../runtime/status.js';

/**
 * Subscribes a node to its broker for as long as it lives: owns every failure, and gives the subscription up on close.
 * A handler that throws does not stop the next message.
 */
export class Receiver {
  private readonly use: BrokerUse;
  private subscription: Promise<Subscription | undefined> | undefined;
  private received = 0;
  /** Messages, or whole batches of them, that the broker delivered and nobody here can read. */
  private unreadable = 0;
  private readonly standing: SubscriptionStanding;
  private lagWatch: LagWatch | undefined;
  private lag: number | undefined;

  private readonly sessions: KeptSessions;
  private readonly node: Node;
  private readonly status: StatusLine;

  constructor(
    private readonly tools: NodeTools<NodeDef>,
    private readonly brokerNode: UsableBrokerNode,
    /** How many failed messages wait for another attempt. */
    private readonly waiting: () => number,
  ) {
    const { node, status } = tools;
    this.node = node;
    this.status = status;
    this.use = new BrokerUse(node, brokerNode, status);
    this.sessions = keptSessionsOf(tools.RED);
    this.standing = new SubscriptionStanding(node, brokerNode);
    this.standing.waits();
  }

  start(filter: string, handler: (delivery: Delivery) => void, options: SubscribeOptions): void {
    const guarded = (delivery: Delivery): void => {
      this.received += 1;
      const { unreadable } = delivery.message;
      if (unreadable !== undefined) {
        this.unreadable += 1;
        const { unreadable: count } = this;
        this.status.happened('unreadable', 'unreadable', { count }, () => (this.unreadable = 0), unreadable);
      }
      try {
        handler(delivery);
      } catch (thrown) {
        // Unsettled it stays with the broker; settled it would be lost.
        this.tools.repeats.another('handler', toGridwireError(thrown).message);
      }
      this.status.clear('subscription');
      this.standing.reads();
      this.showProgress();
    };
    const onProblem = (error: GridwireError): void => {
      this.status.set('subscription', 'error', {}, error);
      this.standing.onProblem(error);
    };
    this.subscription = this.standing
      .follow(
        this.brokerNode.broker.subscribe(filter, guarded, {
          identity: this.node.id,
          ...options,
          onProblem,
        }),
      )
      .then((subscription) => this.watched(subscription))
      .catch((thrown: unknown) => {
        this.use.refused(thrown);
        return undefined;
      });
  }

  /** @param removed the node is gone for good, so the broker need not keep messages for it */
  async stop(removed: boolean): Promise<void> {
    this.standing.close();
    this.use.leave();
    const subscription = await this.subscription;
    this.lagWatch?.stop();
    await subscription?.close({ unsubscribe: removed });
    if (removed) this.sessions.ended(this.node.id);
    await this.use.end();
  }

  private watched(subscription: Subscription): Subscription {
    const left = this.sessions.has(this.node.id, subscription.session);
    if (left !== undefined) this.node.warn(leftText(left));
    if (subscription.lag === undefined) return subscription;
    const { node, brokerNode } = this;
    this.lagWatch = new LagWatch(node, subscription, brokerNode.broker, placeOf(node, brokerNode), (lag) => {
      // Whoever can say how far behind it is, is subscribed.
      this.status.clear('subscription');
      this.standing.reads();
      const isNews = lag !== this.lag && (lag > 0 || this.received > 0);
      this.lag = lag;
      if (isNews) this.showProgress();
    });
    return subscription;
  }

  private showProgress(): void {
    const waiting = this.waiting();
    const { received, lag } = this;
    if (waiting > 0) this.status.set('retries', 'retrying', { count: waiting });
    else this.status.clear('retries');
    this.use.showReceived(received, lag);
  }
}
