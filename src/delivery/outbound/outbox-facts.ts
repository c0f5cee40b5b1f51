import type { GridwireError } from '../../errors.js';
import type { WireMessage } from '../../event.js';
import { type About, facts, type Place, ruleIn } from '../../observe/facts/facts.js';
import type { Standing } from '../../observe/facts/standings.js';
import type { OutboxOptions } from './outbox-limits.js';
import type { OutboxMachine } from './outbox-machine.js';

/** Tells what an outbox does. Each call costs nothing when nobody listens. */
export class OutboxFacts {
  /** Told of every event of one kind: one object for all, as nothing in it is the event's own. */
  private kind: { readonly place: Place; readonly about: About | undefined };

  constructor(private readonly place: Place) {
    this.kind = Object.freeze({ place, about: undefined });
  }

  accepted(about: About | undefined, message: WireMessage): void {
    const { place } = this;
    if (facts.accepted.isHeard) {
      if (this.kind.about !== about) this.kind = Object.freeze({ place, about });
      facts.accepted.tell(this.kind);
    }
    if (facts.passing.isHeard) facts.passing.tell({ place, about, way: 'out', message });
  }

  refused(about: About | undefined, error: GridwireError): void {
    if (facts.refused.isHeard)
      facts.refused.tell({ place: this.place, about, way: 'out', code: error.code, ...ruleIn(error) });
  }

  /** Times by the outbox's clock, milliseconds. */
  sent(about: About | undefined, acceptedAt: number, startedAt: number, now: number): void {
    if (facts.sent.isHeard)
      facts.sent.tell({
        place: this.place,
        about,
        seconds: (now - startedAt) / 1_000,
        age: (now - acceptedAt) / 1_000,
      });
  }

  /** An accepted event ended without the broker's acknowledgement. @param unsent the outbox was closed */
  ended(about: About | undefined, { code }: GridwireError, unsent: boolean): void {
    const { place } = this;
    const told = { place, about, way: 'out', code } as const;
    // Whoever discards by hand tells it, with what only the store had.
    if (code === 'OUTBOX_DISCARDED') return;
    if (unsent || code === 'OUTBOX_DROPPED') facts.dropped.tell({ ...told, count: 1 });
    else if (code === 'OUTBOX_EXPIRED' || code === 'EVENT_EXPIRED') facts.expired.tell(told);
    else facts.failed.tell(told);
  }

  standing({ holdings, breaker }: OutboxMachine, options: OutboxOptions, now: number): Standing {
    const { size, underWay, bytes } = holdings;
    let oldest = now;
    for (const { acceptedAt } of holdings.front(options.window)) oldest = Math.min(oldest, acceptedAt);
    return {
      of: 'outbox',
      place: this.place,
      waiting: size - underWay,
      underWay,
      bytes,
      limit: options.maxCount,
      oldest: (now - oldest) / 1_000,
      breaker: breaker.state(now),
    };
  }
}
