import type { Node } from 'node-red';
import type { BrokerState } from '../../src/brokers/broker.js';
import { type GridwireError, toGridwireError } from '../../src/errors.js';
import type { UsableBrokerNode } from './broker-node.js';
import { showConnection, type StatusLine } from './status.js';

/** A node's use of its broker for as long as it lives; the connection is the node's status until there is more to say. */
export class BrokerUse {
  /** Messages that the broker says it dropped, for whatever subscriber. */
  private dropped = 0;
  private received = 0;
  private readonly onState = (_state: BrokerState, error?: GridwireError): void =>
    showConnection(this.status, this.brokerNode.broker, error);
  private readonly onProblem = ({ code, details }: GridwireError): void => {
    if (code !== 'BROKER_DROPPED') return;
    this.dropped += Number(details['count']);
    this.showReceived(this.received);
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

  /** Shows how many messages came, and, until the next deploy, how many the broker says it dropped. */
  showReceived(count: number, lag?: number): void {
    this.received = count;
    if (this.dropped > 0) this.status.show('received-but', { count, lost: this.dropped });
    else if (lag !== undefined) this.status.show('received-lag', { count, lag });
    else this.status.show('received', { count });
  }

  /** Shows and logs what the broker refused. */
  refused(thrown: unknown): GridwireError {
    const error = toGridwireError(thrown);
    this.status.show('error', { code: error.code });
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
