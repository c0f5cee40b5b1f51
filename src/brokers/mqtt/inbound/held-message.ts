import type { InboundMessage } from '../../../event.js';
import type { Linked, LinkedList } from '../../../linked-list.js';
import type { SettlementOutcome } from '../../broker.js';

/** MQTT 5 "implementation specific error": the nearest there is to "not processed". */
export const NOT_PROCESSED = 0x83;

/** How the broker is answered for one of its messages. */
export interface Booking {
  /** Called once, with the reason code of the acknowledgement. */
  answer(reasonCode: number): void;
  /** How many answers wait for this one's. */
  holdsUp(): number;
  /** What the broker knows the message by; undefined for QoS 0. */
  identity(): string | undefined;
}

/** One message of the broker and all the subscriptions it is for; it is answered when the last has settled. */
export class HeldMessage {
  #open = 0;
  #shares = 0;
  #reasonCode = 0;

  /** @param subscriptionIds whom the broker says it is for; empty where it does not say */
  constructor(
    readonly message: InboundMessage,
    readonly subscriptionIds: readonly number[],
    private readonly booking: Booking,
  ) {}

  /** One more subscription has to settle it. */
  share(): Share {
    this.#open += 1;
    this.#shares += 1;
    return new Share(this);
  }

  /** Whether one subscription alone has it. */
  get isSole(): boolean {
    return this.#shares === 1;
  }

  holdsUp(): number {
    return this.booking.holdsUp();
  }

  identity(): string | undefined {
    return this.booking.identity();
  }

  /** One share is settled. */
  settled(outcome: SettlementOutcome): void {
    if (outcome === 'nack') this.#reasonCode = NOT_PROCESSED;
    this.#open -= 1;
    if (this.#open === 0) this.booking.answer(this.#reasonCode);
  }
}

/** The part that one subscription has in a message. */
export class Share implements Linked<Share> {
  before: Share | undefined;
  after: Share | undefined;
  list: LinkedList<Share> | undefined;
  /** A subscription that ended had it in hand, so the flow may see it twice. */
  handedBefore = false;
  /** The identity that the subscription has given it, if it has. */
  renamed: string | undefined;
  #isSettled = false;

  constructor(readonly held: HeldMessage) {}

  /** Only the first settlement counts. */
  settle(outcome: SettlementOutcome): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.held.settled(outcome);
  }
}
