import type { Streamed } from './streamed.js';
import { notice } from './streamed.js';
import { EVERYTHING, isWanted, type Wish } from './wish.js';

/** The way to one client. */
export interface Wire {
  /** Bytes that were sent, and that its connection has not taken yet. */
  readonly buffered: number;
  /** @param taken called when the connection has taken it, not before this returns */
  send(text: Buffer, taken: () => void): void;
}

/**
 * One client of a stream. It is never waited for: what it is too slow for it misses, and it is told how much as soon as
 * there is room again. So what is kept for it is bounded by its buffer, and by one event that is larger than that alone.
 */
export class StreamClient {
  private wish: Wish = EVERYTHING;
  private untold = 0;
  /** Events that it missed since it came. */
  missed = 0;

  /** @param room bytes that may wait for it */
  constructor(
    private readonly wire: Wire,
    private readonly room: number,
  ) {}

  /** It wants this from now on, and is told so. */
  wants(wish: Wish): void {
    this.wish = wish;
    this.tell(notice('stream_ready', {}));
  }

  /** Tells it something that is no event; it is not to be told more than it asks for. */
  tell(text: Buffer): void {
    this.wire.send(text, () => this.taken());
  }

  /** @returns whether it missed it */
  offer(event: Streamed): boolean {
    const { wish, wire } = this;
    if (!isWanted(wish, event.kind, event.topic)) return false;
    // Once it has missed something, nothing comes before it is told.
    const text = event.text(wish.withTopic);
    if (this.untold > 0 || (wire.buffered > 0 && wire.buffered + text.length > this.room)) {
      this.untold += 1;
      this.missed += 1;
      return true;
    }
    this.tell(text);
    return false;
  }

  /** With half of its room it can do something; at every byte it would miss every other event. */
  private taken(): void {
    if (this.untold === 0 || this.wire.buffered > this.room / 2) return;
    const { untold, missed } = this;
    this.untold = 0;
    this.tell(notice('stream_missed', { missed: untold, missed_in_all: missed }));
  }
}
