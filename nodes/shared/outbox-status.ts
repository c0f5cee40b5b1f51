import type { Broker } from '../../src/brokers/broker.js';
import type { Outbox } from '../../src/delivery/outbox.js';
import type { StatusLine } from './status.js';

/** Shows what stands between a node and its broker: sent, waiting, or a broker that fails. */
export class OutboxStatus {
  private count = 0;
  private outbox: Outbox | undefined;
  private readonly onState = (): void => this.show();

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

  sent(): void {
    this.count += 1;
  }

  close(): void {
    this.broker.off('state', this.onState);
  }

  private show(): void {
    const waiting = this.outbox?.waiting ?? 0;
    if (waiting > 0 && this.outbox?.breakerState !== 'closed')
      this.status.show('broker-failing', { count: waiting });
    else if (waiting > 0 && !this.broker.isConnected()) this.status.show('waiting', { count: waiting });
    else if (this.count > 0 && this.broker.isConnected()) this.status.show('sent', { count: this.count });
    else this.status.show(this.broker.state);
  }
}
