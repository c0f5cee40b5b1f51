import type { Broker, BrokerState } from '../../src/brokers/broker.js';
import type { Outbox } from '../../src/delivery/outbox.js';
import { type GridwireError, toGridwireError } from '../../src/errors.js';
import { showConnection, type StatusLine } from './status.js';

/** Shows what stands between a node and its broker: sent, waiting, or a broker that fails. */
export class OutboxStatus {
  private count = 0;
  private outbox: Outbox | undefined;
  /** Why the connection ended, and why the last event failed, as long as nothing better can be told. */
  private lost: GridwireError | undefined;
  private refused: GridwireError | undefined;
  private readonly onState = (_state: BrokerState, error?: GridwireError): void => {
    this.lost = error;
    this.show();
  };

  constructor(
    private readonly status: StatusLine,
    private readonly broker: Broker,
  ) {
    broker.on('state', this.onState);
    this.show();
  }

  update(outbox: Outbox): void {
    this.outbox = outbox;
    this.show();
  }

  /** Follows an event that the outbox sends to its end. */
  async follow<T>(sending: Promise<T | undefined>): Promise<T | undefined> {
    try {
      const result = await sending;
      if (result !== undefined) this.count += 1;
      this.refused = undefined;
      return result;
    } catch (thrown) {
      this.refused = toGridwireError(thrown);
      this.show();
      throw thrown;
    }
  }

  close(): void {
    this.broker.off('state', this.onState);
  }

  private show(): void {
    const waiting = this.outbox?.waiting ?? 0;
    if (waiting > 0 && this.outbox?.breakerState !== 'closed')
      this.status.show('broker-failing', { count: waiting });
    else if (waiting > 0 && !this.broker.isConnected()) this.status.show('waiting', { count: waiting });
    else if (this.refused !== undefined && this.broker.isConnected())
      this.status.show('error', { code: this.refused.code });
    else if (this.count > 0 && this.broker.isConnected()) this.status.show('sent', { count: this.count });
    else showConnection(this.status, this.broker, this.lost);
  }
}
