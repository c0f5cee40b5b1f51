import { GridwireError } from '../../../errors.js';
import { copyOf } from '../../copy-message.js';
import type { Delivery, DeliveryHandler, SettlementOutcome, SubscribeOptions } from '../../broker.js';
import { Fifo } from '../../../fifo.js';
import { LinkedList } from '../../../linked-list.js';
import type { InboundMessage } from '../../../event.js';
import type { RetainedMemory } from '../../retained-memory.js';
import type { Share } from './held-message.js';

/** Topics remembered; beyond that a retained value may come twice. */
const TOPICS = 50_000;

/** One subscription of the flow: hands shares over in arrival order, at most `window` unsettled at once. */
export class Route {
  readonly #waiting = new Fifo<Share>();
  readonly #unsettled = new LinkedList<Share>();
  /** Topics of which something came in the present session. */
  readonly #topics = new Set<string>();
  #ended = false;
  #finished = false;

  readonly identity: string | undefined;
  readonly wantsRetained: boolean;
  /** Told what stands in the way of this subscription. */
  readonly problem: (error: GridwireError) => void;
  private readonly window: number;

  constructor(
    private readonly handler: DeliveryHandler,
    { identity, window = 100, retained = true, onProblem }: SubscribeOptions,
    /** Of a subscriber with a name, which may come back. */
    private readonly memory: RetainedMemory | undefined,
    private readonly tell: (problem: GridwireError) => void,
  ) {
    this.identity = identity;
    this.window = window;
    this.wantsRetained = retained;
    this.problem = onProblem ?? (() => undefined);
  }

  /**
   * Whether a message is for this subscription. A retained value that comes because somebody else has subscribed was
   * here before, as it is or by a later message; one that this subscriber has finished with before a deploy is no news.
   */
  wants(message: InboundMessage): boolean {
    if (!message.retain) return true;
    return this.wantsRetained && !this.#topics.has(message.topic) && this.memory?.knows(message) !== true;
  }

  /** The broker has lost the session: values may have changed since. */
  sessionLost(): void {
    this.#topics.clear();
  }

  add(share: Share): void {
    if (this.#topics.size >= TOPICS) this.#topics.clear();
    this.#topics.add(share.held.message.topic);
    this.#waiting.push(share);
    this.#hand();
  }

  /** Takes no more. Returns what the flow has not seen; what it has in hand can still be settled. */
  finish(): Share[] {
    this.#finished = true;
    return this.#waiting.takeAll();
  }

  /** Takes no more. Returns what nobody has settled, in arrival order; later settlements of it do nothing. */
  end(): Share[] {
    this.#ended = true;
    const unsettled = [...this.#unsettled];
    // Another subscription may get them, in whose list they then stand.
    this.#unsettled.clear();
    for (const share of unsettled) share.handedBefore = true;
    return [...unsettled, ...this.#waiting.takeAll()];
  }

  #hand(): void {
    while (!this.#ended && !this.#finished && this.#unsettled.size < this.window) {
      const share = this.#waiting.shift();
      if (!share) return;
      this.#unsettled.add(share);
      const delivery = new RouteDelivery(messageFor(share), share, this.#settled);
      try {
        this.handler(delivery);
      } catch (error) {
        const text = `A handler threw; the message on ${share.held.message.topic} stays unsettled.`;
        this.tell(new GridwireError('INTERNAL', text, { cause: error }));
      }
    }
  }

  readonly #settled = (share: Share, outcome: SettlementOutcome): void => {
    if (this.#ended) return;
    this.#unsettled.delete(share);
    this.memory?.finished(share.held.message);
    share.settle(outcome);
    this.#hand();
  };
}

/** Whoever had it before, or has it too, may change what it was given. */
function messageFor({ held, handedBefore }: Share): InboundMessage {
  if (held.isSole && !handedBefore) return held.message;
  const copy = copyOf(held.message);
  copy.redelivered ||= handedBefore;
  return copy;
}

/** What the flow gets of a share; only the first settlement counts. */
class RouteDelivery implements Delivery {
  #isSettled = false;

  constructor(
    readonly message: InboundMessage,
    private readonly share: Share,
    private readonly settled: (share: Share, outcome: SettlementOutcome) => void,
  ) {}

  get identity(): string | undefined {
    return this.share.renamed ?? this.share.held.identity();
  }

  rename(identity: string): void {
    this.share.renamed = identity;
  }

  settle(outcome: SettlementOutcome): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.settled(this.share, outcome);
  }

  holdsUp(): number {
    return this.#isSettled ? 0 : this.share.held.holdsUp();
  }
}
