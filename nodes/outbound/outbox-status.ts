import type { Broker, BrokerState } from '../../src/brokers/broker.js';
import type { Outbox } from '../../src/delivery/outbound/outbox.js';
import { type ErrorCode, type GridwireError, toGridwireError } from '../../src/errors.js';
import type { StatusLine } from '../runtime/status.js';

/** Says what stands between a node and its brokers: waiting and why, full, given up, refused, sent. */
export class OutboxStatus {
  private count = 0;
  private outboxes: readonly Outbox[] = [];
  /** Why a connection ended, as long as nothing better can be told. */
  private lost: GridwireError | undefined;
  /** Events that ended in an error, since somebody looked. */
  private refused = 0;
  /** Losses that somebody has seen. */
  private lossesSeen = 0;
  /** The outboxes that refused an event because they were full, and what they held then. */
  private readonly full = new Map<Outbox, { size: number; error: GridwireError }>();
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

  /** Follows an event that is sent by an outbox from its making to its end. */
  async follow<T>(outbox: Outbox, send: () => Promise<T | undefined>): Promise<T | undefined> {
    try {
      const result = await send();
      if (result !== undefined) this.sent();
      return result;
    } catch (thrown) {
      this.failed(outbox, thrown);
      throw thrown;
    }
  }

  /** An event was sent. */
  sent(): void {
    this.count += 1;
    this.show();
  }

  /** An event was not sent by that outbox. */
  failed(outbox: Outbox, thrown: unknown): void {
    const error = toGridwireError(thrown);
    if (error.code === 'OUTBOX_FULL') this.full.set(outbox, { size: outbox.size, error });
    // Also what a full outbox refused: that is past when it has room again, and nobody may have looked.
    if (!TOLD_OTHERWISE.has(error.code)) this.tellRefused(error);
    this.show();
  }

  close(): void {
    for (const broker of this.brokers) broker.off('state', this.onState);
  }

  readonly show = (): void => this.status.lookLater(this.look);

  private readonly look = (): void => {
    this.showConnection();
    this.showFull();
    this.showLosses();
    this.status.show(this.count > 0 ? 'sent' : 'connected', { count: this.count });
  };

  private showConnection(): void {
    const { status } = this;
    const count = this.outboxes.reduce((sum, { waiting }) => sum + waiting, 0);
    const fault = this.outboxes.find((outbox) => outbox.fault !== undefined)?.fault;
    const away = this.brokers.find((broker) => !broker.isConnected());
    if (count > 0 && fault !== undefined) status.set('connection', 'broker-failing', { count }, fault);
    else if (count > 0 && away !== undefined)
      status.set('connection', this.lost === undefined ? 'waiting' : 'waiting-why', { count }, this.lost);
    else if (away !== undefined) status.connection(away, this.lost);
    else if (this.outboxes.some(({ draining }) => draining)) status.set('connection', 'draining', { count });
    else status.clear('connection');
  }

  /** As long as none of what was there has left. */
  private showFull(): void {
    for (const [outbox, { size }] of this.full) if (outbox.size < size) this.full.delete(outbox);
    const [first] = this.full.values();
    if (first === undefined) this.status.clear('room');
    else this.status.set('room', 'outbox-full', { count: first.size }, first.error);
  }

  private showLosses(): void {
    const all = this.outboxes.reduce((sum, { losses }) => sum + losses.dropped + losses.expired, 0);
    const count = all - this.lossesSeen;
    if (count > 0) this.status.happened('losses', 'given-up', { count }, () => (this.lossesSeen = all));
  }

  private tellRefused(error: GridwireError): void {
    this.refused += 1;
    const { refused: count } = this;
    this.status.happened('refused', 'refused', { count }, () => (this.refused = 0), error);
  }
}

/** By the losses, by whoever discarded it, and by the end of the node. */
const TOLD_OTHERWISE: ReadonlySet<ErrorCode> = new Set([
  'OUTBOX_DROPPED',
  'OUTBOX_EXPIRED',
  'OUTBOX_DISCARDED',
  'BROKER_CLOSED',
]);
