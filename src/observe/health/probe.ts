import type { Clock } from '../../clock.js';
import { GridwireError, toGridwireError } from '../../errors.js';
import type { WireMessage } from '../../event.js';
import { facts, type Place } from '../facts/facts.js';
import { reportStanding } from '../facts/standings.js';

/** What a probe found. */
export type ProbeResult = { milliseconds: number } | { error: GridwireError };

/** Finds out whether a broker takes events, by publishing one and waiting for its acknowledgement. */
export class Probe {
  private code: string | undefined;
  private readonly unreport: () => void;

  /** @param patience how long the acknowledgement may take, milliseconds */
  constructor(
    private readonly broker: { publish(message: WireMessage): Promise<unknown> },
    private readonly clock: Clock,
    private readonly patience: number,
    private readonly place: Place,
  ) {
    this.unreport = reportStanding(() => ({ of: 'probe', place, code: this.code }));
  }

  /** Never rejects. */
  async run(message: WireMessage): Promise<ProbeResult> {
    const began = this.clock.now();
    let cancel = (): void => undefined;
    const late = new Promise<never>((_resolve, reject) => {
      cancel = this.clock.after(this.patience, () => reject(this.timeout()));
    });
    try {
      await Promise.race([this.broker.publish(message), late]);
      this.code = undefined;
      const milliseconds = this.clock.now() - began;
      const seconds = milliseconds / 1_000;
      // It is work that was done, if only to see that it can be.
      facts.sent.tell({ place: this.place, seconds, age: seconds });
      return { milliseconds };
    } catch (thrown) {
      const error = toGridwireError(thrown);
      this.code = error.code;
      return { error };
    } finally {
      cancel();
    }
  }

  close(): void {
    this.unreport();
  }

  private timeout(): GridwireError {
    const text = `The broker has not acknowledged the event that asks for its health within ${this.patience / 1_000} s.`;
    return new GridwireError('BROKER_TIMEOUT', text);
  }
}
