import type { Delivery } from '../../brokers/broker.js';
import type { GridwireError } from '../../errors.js';
import type { InboundMessage, WireMessage } from '../../event.js';
import { type About, facts, type Place, ruleIn } from '../../observe/facts/facts.js';
import type { Standing } from '../../observe/facts/standings.js';
import type { Write } from './effects.js';
import type { Inbox } from './inbox.js';
import type { Outcome } from './work.js';

/** Tells what an inbox does. Each call costs nothing when nobody listens. */
export class InboxFacts {
  private repeatedBefore = 0;
  /** Told of every event that comes: one object for all, as nothing in it is the event's own. */
  private readonly here: { readonly place: Place };

  /** @param aboutOf what kind of event a message is, as far as its topic says */
  constructor(
    private readonly place: Place,
    private readonly aboutOf: (message: WireMessage) => About | undefined = () => undefined,
  ) {
    this.here = Object.freeze({ place });
  }

  received(message: WireMessage): void {
    const { place } = this;
    if (facts.received.isHeard) facts.received.tell(this.here);
    if (facts.passing.isHeard)
      facts.passing.tell({ place, about: this.aboutOf(message), way: 'in', message });
  }

  get wantsProcessed(): boolean {
    return facts.processed.isHeard || facts.failed.isHeard;
  }

  /** The flow has ended with an event that it had since `began`, milliseconds. */
  processed(message: InboundMessage, outcome: Outcome, began: number, now: number): void {
    if (outcome.kind === 'held' || outcome.kind === 'aborted') return;
    const { place } = this;
    const about = outcome.about ?? this.aboutOf(message);
    const code = outcome.kind === 'failed' ? outcome.error.code : undefined;
    const seconds = (now - began) / 1_000;
    if (code === undefined) {
      facts.processed.tell({ place, about, seconds });
      return;
    }
    facts.processed.tell({ place, about, seconds, code });
    facts.failed.tell({ place, about, way: 'in', code });
  }

  /** An event will not be processed any more. */
  refused(message: InboundMessage, error: GridwireError): void {
    if (!facts.refused.isHeard && !facts.expired.isHeard) return;
    const { code } = error;
    const told = { place: this.place, about: this.aboutOf(message), way: 'in', code } as const;
    if (code === 'EVENT_EXPIRED') facts.expired.tell(told);
    else facts.refused.tell({ ...told, ...ruleIn(error) });
  }

  /** @param wall the machine's time, milliseconds */
  settled(deliveries: readonly Delivery[], wall: number): void {
    if (!facts.settled.isHeard) return;
    for (const { message } of deliveries)
      facts.settled.tell({
        place: this.place,
        seconds: Math.max(0, wall - message.receivedAt) / 1_000,
      });
  }

  /** A commit of the store. */
  wrote({ park, letter }: Write): void {
    if (park !== undefined) facts.parked.tell({ place: this.place, kind: park.kind ?? 'parked' });
    if (letter !== undefined && facts.lettered.isHeard)
      facts.lettered.tell({ place: this.place, about: this.aboutOf(letter.message), code: letter.code });
  }

  /** @param total repetitions that were left out so far */
  repeated(total: number): void {
    const count = total - this.repeatedBefore;
    this.repeatedBefore = total;
    if (count > 0) facts.repeated.tell({ place: this.place, count });
  }

  standing({ inHand, waiting, workingSince }: Inbox, now: number): Standing {
    const oldest = workingSince === undefined ? 0 : (now - workingSince) / 1_000;
    return { of: 'inbox', place: this.place, inHand, waiting, oldest };
  }
}
