import { GridwireError } from '../../errors.js';
import type { WireMessage } from '../../event.js';
import { Fifo } from '../../fifo.js';
import type { Outlet, PublishResult } from '../broker.js';
import { expiryWatch } from '../expiry.js';
import type { Outlets } from './outlets.js';

interface Waiting {
  message: WireMessage;
  /** Throws when its time is over. */
  inTime: (() => void) | undefined;
  resolve: (result: Promise<PublishResult>) => void;
  reject: (error: GridwireError) => void;
}

/** For those who publish without an outbox: what has no room now waits for it, in order, as long as the connection lasts. */
export class DirectPublisher {
  readonly #waiting = new Fifo<Waiting>();
  readonly #outlet: Outlet;

  /** @param limit how many may wait */
  constructor(
    outlets: Outlets,
    private readonly isConnected: () => boolean,
    private readonly limit = Infinity,
  ) {
    this.#outlet = outlets.open(() => this.#changed());
  }

  publish(message: WireMessage): Promise<PublishResult> {
    if (this.#waiting.length === 0) {
      const answer = this.#outlet.offer(message);
      if (typeof answer !== 'string') return answer;
    }
    if (this.#waiting.length >= this.limit) {
      const text = `${this.limit} messages wait for the broker already; publish more slowly, or raise publishLimit.`;
      const details = { topic: message.topic, limit: this.limit };
      return Promise.reject(new GridwireError('BROKER_QUOTA', text, { details }));
    }
    return new Promise((resolve, reject) =>
      this.#waiting.push({ message, inTime: expiryWatch(message), resolve, reject }),
    );
  }

  #changed(): void {
    if (!this.isConnected()) {
      for (const { reject } of this.#waiting.takeAll()) reject(disconnectedError());
      return;
    }
    for (let next = this.#waiting.peek(); next !== undefined; next = this.#waiting.peek()) {
      try {
        next.inTime?.();
      } catch (error) {
        this.#waiting.shift();
        next.reject(error as GridwireError);
        continue;
      }
      const answer = this.#outlet.offer(next.message);
      if (typeof answer === 'string') return;
      this.#waiting.shift();
      next.resolve(answer);
    }
  }
}

/** @param cause how the connection ended */
export function disconnectedError(cause?: GridwireError): GridwireError {
  const text = 'The broker is not connected; the message was not sent, or its acknowledgement did not come.';
  return new GridwireError('BROKER_DISCONNECTED', text, cause === undefined ? {} : { cause });
}
