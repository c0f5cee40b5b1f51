import { createHash } from 'node:crypto';
import type { Delivery } from '../../brokers/broker.js';
import type { InboundMessage } from '../../event.js';
import type { ArrivalOrigin } from './effects.js';

/** Found out only when somebody asks: the identity may have to be computed from the bytes. */
export class DeliveryOrigin implements ArrivalOrigin {
  private found: string | undefined;
  private identity: string | undefined;
  mayExist: boolean;

  /** @param otherwise the key of a message that its broker cannot name */
  constructor(
    private readonly delivery: Delivery,
    private readonly otherwise: string,
  ) {
    const { message } = delivery;
    // A place in a log is never given to another message; what names a message elsewhere may be used again.
    this.mayExist = message.redelivered || message.position !== undefined;
  }

  get key(): string {
    if (this.found === undefined) {
      this.identity = this.delivery.identity;
      this.found = this.identity === undefined ? this.otherwise : digest(this.identity);
    }
    return this.found;
  }

  rename(number: number): void {
    const identity = `${this.identity ?? this.otherwise} ${number}`;
    this.found = digest(identity);
    this.delivery.rename?.(identity);
  }
}

/** Where a message stands in its broker's log. */
export function placeOf({ topic, position }: InboundMessage): string | undefined {
  return position && `${topic} ${position.partition} ${position.offset}`;
}

/** What comes from outside is hashed before it names anything: it may be long, or hold what no store takes. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
