import type { InboundMessage } from '../event.js';
import type { Delivery, SettlementOutcome } from './broker.js';

/** A delivery of which only the first settlement counts. */
export class SettledOnce implements Delivery {
  #settled = false;

  /**
   * @param waiting how many others wait for it, where a broker is answered in order
   * @param identify what the broker knows the message by; asked only when somebody wants to know
   * @param noteIdentity told of another name, by which it is to be known from then on
   */
  constructor(
    readonly message: InboundMessage,
    private readonly done: (outcome: SettlementOutcome) => void,
    private readonly waiting: () => number = () => 0,
    private readonly identify: () => string | undefined = () => undefined,
    private readonly noteIdentity: (identity: string) => void = () => undefined,
  ) {}

  get identity(): string | undefined {
    return this.identify();
  }

  rename(identity: string): void {
    this.noteIdentity(identity);
  }

  settle(outcome: SettlementOutcome): void {
    if (this.#settled) return;
    this.#settled = true;
    this.done(outcome);
  }

  holdsUp(): number {
    return this.#settled ? 0 : this.waiting();
  }
}
