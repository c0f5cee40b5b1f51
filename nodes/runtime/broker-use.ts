import type { Node } from 'node-red';
import type { BrokerState } from '../../src/brokers/broker.js';
import { type GridwireError, toGridwireError } from '../../src/errors.js';
import type { UsableBrokerNode } from './broker-node.js';
import type { StatusLine } from './status.js';

/** A node's use of its broker for as long as it lives; the connection is the node's status until there is more to say. */
export class BrokerUse {
  /** Messages that the broker says it dropped, for whatever subscriber, since somebody looked. */
  private dropped = 0;
  private readonly onState = (_state: BrokerState, error?: GridwireError): void =>
    this.status.connection(this.brokerNode.broker, error);
  private readonly onProblem = (error: GridwireError): void => {
    if (error.code !== 'BROKER_DROPPED') return;
    this.dropped += Number(error.details['count']);
    const { dropped: count } = this;
    this.status.happened('dropped', 'dropped', { count }, () => (this.dropped = 0), error);
  };

  constructor(
    private readonly node: Node,
    private readonly brokerNode: UsableBrokerNode,
    private readonly status: StatusLine,
  ) {
    brokerNode.acquire(node);
    brokerNode.broker.on('state', this.onState);
    brokerNode.broker.on('problem', this.onProblem);
    this.onState(brokerNode.broker.state);
  }

  /** Shows how many messages came. */
  showReceived(count: number, lag?: number): void {
    if (lag !== undefined) this.status.show('received-lag', { count, lag });
    else this.status.show('received', { count });
  }

  /** Shows and logs what the broker refused. */
  refused(thrown: unknown): GridwireError {
    const error = toGridwireError(thrown);
    this.status.set('subscription', 'error', {}, error);
    this.node.error(error.message);
    return error;
  }

  /** No more states; the connection stays until `end`, so that what is open can be closed. */
  leave(): void {
    this.brokerNode.broker.off('state', this.onState);
    this.brokerNode.broker.off('problem', this.onProblem);
  }

  async end(): Promise<void> {
    await this.brokerNode.release(this.node);
  }
}
