import type { Broker, BrokerState } from '../../src/brokers/broker.js';
import type { Outbox } from '../../src/delivery/outbox.js';
import { type GridwireError, toGridwireError } from '../../src/errors.js';
import { showConnection, type StatusLine } from './status.js';

/** Shows what stands between a node and its broker: sent, waiting and why, or given up. */
export class OutboxStatus {
  private count = 0;
  private outboxes: readonly Outbox[] = [];
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

  /** Says whose state is shown. */
  watch(...outboxes: readonly Outbox[]): void {
    this.outboxes = outboxes;
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

  readonly show = (): void => {
    const count = this.outboxes.reduce((sum, { waiting }) => sum + waiting, 0);
    const fault = this.outboxes.find((outbox) => outbox.fault !== undefined)?.fault;
    if (count > 0 && fault !== undefined) this.status.show('broker-failing', { count, code: fault.code });
    else if (count > 0 && !this.broker.isConnected()) this.status.show('waiting', { count });
    else if (!this.broker.isConnected()) showConnection(this.status, this.broker, this.lost);
    else if (this.outboxes.some(({ draining }) => draining)) this.status.show('draining', { count });
    else if (this.refused !== undefined) this.status.show('error', { code: this.refused.code });
    else this.showSent();
  };

  /** Losses stay visible until the next deploy. */
  private showSent(): void {
    const lost = this.outboxes.reduce((sum, { losses }) => sum + losses.dropped + losses.expired, 0);
    if (lost > 0) this.status.show('sent-but', { count: this.count, lost });
    else if (this.count > 0) this.status.show('sent', { count: this.count });
    else showConnection(this.status, this.broker, this.lost);
  }
}
