import { createHash } from 'node:crypto';
import type { Delivery, DeliveryHandler } from '../../../src/brokers/broker.js';
import type { InboundMessage } from '../../../src/event.js';
import type { Session, Waiting } from './server.js';

export interface IntakeOptions {
  /** Messages in flight at once. */
  window: number;
  /** Messages that the server keeps for the session at most. */
  bound: number;
  /** A log has a place for each message; MQTT has packet ids that are used again. */
  isLog: boolean;
  /** A message that comes again while it is in hand is not delivered twice (as `src/brokers/mqtt/inbound/ledger.ts`). */
  rebinds: boolean;
  now: () => number;
  /** The process: what it knows dies with it. */
  owner: object;
}

/** A message in this process's hands. */
interface Held {
  waiting: Waiting;
  settled: boolean;
  /** Acknowledged on this connection, and no connection was lost since. */
  acknowledged: boolean;
}

/**
 * The receiving end of one subscription. Acknowledgements go out in the order of arrival, and are lost with the
 * connection. Held by
 * `test/unit/brokers/mqtt/inbound/ledger.test.ts` and `test/unit/brokers/delivery-suite.ts`.
 */
export class Intake {
  private held: Held[] = [];
  /** Acknowledgements on their way to the server. */
  private sent: Held[] = [];
  private connected = false;
  private closed = false;

  constructor(
    readonly name: string,
    readonly session: Session,
    private readonly handler: DeliveryHandler,
    private readonly options: IntakeOptions,
  ) {}

  up(): void {
    this.connected = true;
    this.session.reset();
  }

  /** @param reaches how many of the acknowledgements on their way still arrive */
  cut(reaches: number): void {
    for (const { waiting } of this.sent.slice(0, reaches)) this.session.acknowledged(waiting);
    for (const lost of this.sent.slice(reaches)) lost.acknowledged = false;
    this.sent = [];
    this.connected = false;
    this.session.reset();
    // A log's reader starts anew; MQTT's ledger knows what it has in hand.
    if (this.options.rebinds) return;
    this.held = [];
  }

  close(): void {
    this.closed = true;
    this.session.reset();
    this.sent = [];
  }

  get canDeliver(): boolean {
    const { inFlight, queue } = this.session;
    return this.connected && !this.closed && queue.length > 0 && inFlight.length < this.options.window;
  }

  get hasAcknowledgements(): boolean {
    return this.sent.length > 0;
  }

  /** One message comes. */
  deliver(): string | undefined {
    if (!this.canDeliver) return undefined;
    const waiting = this.session.send();
    if (waiting === undefined) return undefined;
    const n = String(waiting.message.headers['n']);
    const known = waiting.again ? this.held.find((held) => held.waiting === waiting) : undefined;
    if (known !== undefined) {
      known.acknowledged = false;
      this.release();
      return `sends event ${n} again, which is in hand`;
    }
    const held: Held = { waiting, settled: false, acknowledged: false };
    this.held.push(held);
    this.handler(this.deliveryOf(held));
    return `delivers event ${n}${waiting.again ? ' again' : ''}`;
  }

  /** The acknowledgements on their way arrive. */
  arrive(): void {
    for (const { waiting } of this.sent.splice(0)) this.session.acknowledged(waiting);
  }

  private deliveryOf(held: Held): Delivery {
    const { name, options } = this;
    const { message, packet, again } = held.waiting;
    const received: InboundMessage = {
      ...message,
      receivedAt: options.now(),
      redelivered: again,
      ...(options.isLog
        ? { position: { partition: 0, offset: String(packet), timestamp: 0, group: name } }
        : {}),
    };
    const delivery = {
      message: received,
      settle: () => {
        if (held.settled) return;
        held.settled = true;
        this.release();
      },
      rename: (identity: string) => void (held.waiting.renamed = { by: options.owner, identity }),
      holdsUp: () => this.held.filter((other) => other.settled && !other.acknowledged).length,
      get identity(): string {
        if (options.isLog) return `log/0/${String(packet)}`;
        if (held.waiting.renamed?.by === options.owner) return held.waiting.renamed.identity;
        const digest = createHash('sha1')
          .update(message.topic)
          .update(message.body)
          .digest('hex')
          .slice(0, 8);
        return `${name} q${message.qos} ${String(packet)} ${digest}`;
      },
    };
    return delivery;
  }

  /** Acknowledges what is settled, as far as nothing older is unsettled. */
  private release(): void {
    if (!this.connected) return;
    for (const held of this.held) {
      if (!held.settled) break;
      if (held.acknowledged || !this.session.inFlight.includes(held.waiting)) continue;
      held.acknowledged = true;
      this.sent.push(held);
    }
    this.held = this.held.filter((held) => !held.acknowledged || this.sent.includes(held));
  }
}
