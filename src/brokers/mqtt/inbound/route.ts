import { GridwireError } from '../../../errors.js';
import { copyOf } from '../../copy-message.js';
import type { DeliveryHandler, SettlementOutcome } from '../../broker.js';
import { Fifo } from '../../../fifo.js';
import { SettledOnce } from '../../settled-once.js';
import type { Share } from './held-message.js';

/** One subscription of the flow: hands shares over in arrival order, at most `window` unsettled at once. */
export class Route {
  readonly #waiting = new Fifo<Share>();
  readonly #unsettled = new Set<Share>();
  #ended = false;

  constructor(
    private readonly handler: DeliveryHandler,
    private readonly window: number,
    readonly wantsRetained: boolean,
    private readonly tell: (problem: GridwireError) => void,
  ) {}

  add(share: Share): void {
    this.#waiting.push(share);
    this.#hand();
  }

  /** Takes no more. Returns what nobody has settled, in arrival order; later settlements of it do nothing. */
  end(): Share[] {
    this.#ended = true;
    for (const share of this.#unsettled) share.handedBefore = true;
    return [...this.#unsettled, ...this.#waiting.first(this.#waiting.length)];
  }

  #hand(): void {
    while (!this.#ended && this.#unsettled.size < this.window) {
      const share = this.#waiting.shift();
      if (!share) return;
      this.#unsettled.add(share);
      const { message } = share.held;
      const redelivered = message.redelivered || share.handedBefore;
      const delivery = new SettledOnce(
        copyOf({ ...message, redelivered }),
        (outcome) => this.#settle(share, outcome),
        share.held.holdsUp,
        share.held.identity,
      );
      try {
        this.handler(delivery);
      } catch (error) {
        const text = `A handler threw; the message on ${share.held.message.topic} stays unsettled.`;
        this.tell(new GridwireError('INTERNAL', text, { cause: error }));
      }
    }
  }

  #settle(share: Share, outcome: SettlementOutcome): void {
    if (this.#ended) return;
    this.#unsettled.delete(share);
    share.settle(outcome);
    this.#hand();
  }
}
