import type { Node } from 'node-red';
import type { BrokerState } from '../../src/brokers/broker.js';
import { type GridwireError, toGridwireError } from '../../src/errors.js';
import type { UsableBrokerNode } from './broker-node.js';
import { showConnection, type StatusLine } from './status.js';

/** A node's use of its broker for as long as it lives; the connection is the node's status until there is more to say. */
export class BrokerUse {
  private readonly onState = (_state: BrokerState, error?: GridwireError): void =>
    showConnection(this.status, this.brokerNode.broker, error);

  constructor(
    private readonly node: Node,
    private readonly brokerNode: UsableBrokerNode,
    private readonly status: StatusLine,
  ) {
    brokerNode.acquire(node);
    brokerNode.broker.on('state', this.onState);
    this.onState(brokerNode.broker.state);
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
  }

  async end(): Promise<void> {
    await this.brokerNode.release(this.node);
  }
}
