import type { Broker, BrokerState } from '../../src/brokers/broker.js';
import type { Outbox } from '../../src/delivery/outbound/outbox.js';
import { type GridwireError, toGridwireError } from '../../src/errors.js';
import { showConnection, type StatusLine } from '../runtime/status.js';

/** Shows what stands between a node and its brokers: sent, waiting and why, or given up. */
export class OutboxStatus {
  private count = 0;
  private outboxes: readonly Outbox[] = [];
  /** Why the connection ended, and why the last event failed, as long as nothing better can be told. */
  private lost: GridwireError | undefined;
  private refused: GridwireError | undefined;
  private readonly onState = (state: BrokerState, error?: GridwireError): void => {
    // While it is tried again the reason is still the last one.
    if (state !== 'connecting') this.lost = error;
    this.show();
  };

  private readonly brokers: readonly Broker[];

  constructor(
    private readonly status: StatusLine,
    ...brokers: readonly Broker[]
  ) {
    this.brokers = brokers;
    for (const broker of brokers) broker.on('state', this.onState);
    this.show();
  }

  /** Says whose state is shown. */
  watch(...outboxes: readonly Outbox[]): void {
    this.outboxes = outboxes;
    this.show();
  }

  /** Whether events wait because a broker is away or fails, or is caught up with at a rate. */
  get waits(): boolean {
    const isAway = this.brokers.some((broker) => !broker.isConnected());
    return this.outboxes.some(
      ({ waiting, fault, draining }) => waiting > 0 && (isAway || fault !== undefined || draining),
    );
  }

  /** Follows an event that the outbox sends to its end. */
  async follow<T>(sending: Promise<T | undefined>): Promise<T | undefined> {
    try {
      const result = await sending;
      if (result !== undefined) this.count += 1;
      this.refused = undefined;
      this.show();
      return result;
    } catch (thrown) {
      this.refused = toGridwireError(thrown);
      this.show();
      throw thrown;
    }
  }

  close(): void {
    for (const broker of this.brokers) broker.off('state', this.onState);
  }

  readonly show = (): void => {
    const count = this.outboxes.reduce((sum, { waiting }) => sum + waiting, 0);
    const fault = this.outboxes.find((outbox) => outbox.fault !== undefined)?.fault;
    const away = this.brokers.find((broker) => !broker.isConnected());
    if (count > 0 && fault !== undefined) this.status.show('broker-failing', { count, code: fault.code });
    else if (count > 0 && away !== undefined) this.showWaiting(count);
    else if (away !== undefined) showConnection(this.status, away, this.lost);
    else if (this.outboxes.some(({ draining }) => draining)) this.status.show('draining', { count });
    else if (this.refused !== undefined) this.status.show('error', { code: this.refused.code });
    else this.showSent();
  };

  private showWaiting(count: number): void {
    if (this.lost === undefined) this.status.show('waiting', { count });
    else this.status.show('waiting-why', { count, code: this.lost.code });
  }

  /** Losses stay visible until the next deploy. */
  private showSent(): void {
    const lost = this.outboxes.reduce((sum, { losses }) => sum + losses.dropped + losses.expired, 0);
    if (lost > 0) this.status.show('sent-but', { count: this.count, lost });
    else if (this.count > 0) this.status.show('sent', { count: this.count });
    else this.status.show('connected');
  }
}
