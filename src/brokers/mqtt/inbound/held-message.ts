import type { InboundMessage } from '../../../event.js';
import type { SettlementOutcome } from '../../broker.js';

/** MQTT 5 "implementation specific error": the nearest there is to "not processed". */
export const NOT_PROCESSED = 0x83;

/** One message of the broker and all the subscriptions it is for; it is answered when the last has settled. */
export class HeldMessage {
  #open = 0;
  #reasonCode = 0;

  /**
   * @param subscriptionIds whom the broker says it is for; empty where it does not say
   * @param answer called once, with the reason code of the acknowledgement
   * @param holdsUp how many answers wait for this one's
   */
  constructor(
    readonly message: InboundMessage,
    readonly subscriptionIds: readonly number[],
    private readonly answer: (reasonCode: number) => void,
    readonly holdsUp: () => number,
    /** What the broker knows it by; undefined for QoS 0. */
    readonly identity: () => string | undefined,
  ) {}

  /** One more subscription has to settle it. */
  share(): Share {
    this.#open += 1;
    let settled = false;
    return {
      held: this,
      handedBefore: false,
      renamed: undefined,
      settle: (outcome) => {
        if (settled) return;
        settled = true;
        if (outcome === 'nack') this.#reasonCode = NOT_PROCESSED;
        this.#open -= 1;
        if (this.#open === 0) this.answer(this.#reasonCode);
      },
    };
  }
}

/** The part that one subscription has in a message. */
export interface Share {
  readonly held: HeldMessage;
  /** A subscription that ended had it in hand, so the flow may see it twice. */
  handedBefore: boolean;
  /** The identity that the subscription has given it, if it has. */
  renamed: string | undefined;
  settle(outcome: SettlementOutcome): void;
}
