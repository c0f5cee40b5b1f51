import { type GridwireError, isTransient, toGridwireError } from '../errors.js';
import type { WireMessage } from '../event.js';
import type { OutboxEntry, OutboxStore } from '../store/queue-stores.js';

const PAGE = 100;
/** Wait before the store or the broker is asked again, milliseconds. */
const RETRY = 2_000;

/**
 * Publishes what lies in a queue of the store's outbox, in order, and removes it after the broker's acknowledgement.
 * What is in the queue when the process ends is published by the next one. Memory holds one page.
 */
export class StoredOutbox {
  private running: Promise<void> | undefined;
  private again = false;
  private closed = false;
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param send resolves after the broker's acknowledgement
   * @param onRefused told of a message that the broker will never take; it is removed from the queue
   */
  constructor(
    private readonly outbox: () => Promise<OutboxStore>,
    private readonly queue: string,
    private readonly send: (message: WireMessage) => Promise<unknown>,
    private readonly onRefused: (error: GridwireError, message: WireMessage) => void,
  ) {}

  /** To be called once at the start, and whenever something was added to the queue. */
  wake(): void {
    if (this.closed) return;
    this.again = true;
    this.running ??= this.run();
  }

  /** Stops after what is under way; the rest stays in the store. */
  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private async run(): Promise<void> {
    try {
      while (this.again && !this.closed) {
        this.again = false;
        await this.drain(await this.outbox());
      }
    } catch {
      // The store or the broker is away, which others report; what waits is safe in the store.
      this.timer = setTimeout(() => this.wake(), RETRY);
      this.timer.unref();
    } finally {
      this.running = undefined;
    }
  }

  private async drain(outbox: OutboxStore): Promise<void> {
    while (!this.closed) {
      const page = await outbox.peek(this.queue, 0, PAGE);
      if (page.length === 0) return;
      const outcomes = await Promise.all(page.map((entry) => this.publish(entry)));
      const settled = page.filter((_, index) => outcomes[index] === undefined);
      await outbox.remove(
        this.queue,
        settled.map(({ id }) => id),
      );
      const failure = outcomes.find((outcome) => outcome !== undefined);
      if (failure) throw failure;
    }
  }

  /** @returns the transient error that leaves the message in the queue */
  private async publish({ message }: OutboxEntry): Promise<GridwireError | undefined> {
    try {
      await this.send(message);
      return undefined;
    } catch (thrown) {
      const error = toGridwireError(thrown);
      if (isTransient(error)) return error;
      this.onRefused(error, message);
      return undefined;
    }
  }
}
