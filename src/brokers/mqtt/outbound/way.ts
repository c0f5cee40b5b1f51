/** A way that was measured longer ago may have become slow since, milliseconds. */
const FRESH = 1_000;

interface Sent {
  /** How many messages had been written by then. */
  readonly written: number;
  readonly at: number;
}

/**
 * How long the way to the broker takes now, and whether all that was written is through. Answers come in the order of
 * what they answer, so one for the latest says so; where that gets none (QoS 0), or is long ago, a PINGREQ asks.
 */
export class Way {
  #written = 0;
  #through = 0;
  /** The latest round trip with which the way became clear. */
  #trip = { took: Infinity, endedAt: -Infinity };
  /** PINGREQs without an answer; mqtt.js sends some of its own. */
  #pings: Sent[] = [];

  /** @returns the number of the message */
  wrote(): number {
    this.#written += 1;
    return this.#written;
  }

  /** The broker has acknowledged a message. @param number as `wrote` gave it */
  acknowledged(number: number, handedAt: number, now: number): void {
    this.#answered({ written: number, at: handedAt }, now);
  }

  pinged(now: number): void {
    this.#pings.push({ written: this.#written, at: now });
  }

  ponged(now: number): void {
    const ping = this.#pings.shift();
    if (ping !== undefined) this.#answered(ping, now);
  }

  /** Whether nothing lies on the way, and it has just taken less than that. @param left milliseconds */
  takesLessThan(left: number, now: number): boolean {
    return this.#through >= this.#written && now - this.#trip.endedAt <= FRESH && this.#trip.took < left;
  }

  /** Whether an answer is to come that says how it is. */
  get isAsked(): boolean {
    return this.#pings.some(({ written }) => written >= this.#written);
  }

  /** The connection has ended. */
  reset(): void {
    this.#through = this.#written;
    this.#trip = { took: Infinity, endedAt: -Infinity };
    this.#pings = [];
  }

  #answered({ written, at }: Sent, now: number): void {
    this.#through = Math.max(this.#through, written);
    if (written >= this.#written) this.#trip = { took: now - at, endedAt: now };
  }
}
