import type { GridwireError } from '../../errors.js';
import type { Holdings } from './holdings.js';
import { droppedError, neverFits, outboxFull } from './outbox-errors.js';
import type { OutboxOptions } from './outbox-limits.js';

/** How much an outbox takes, and what gives way where that is the rule. */
export class Bounds {
  /** One error for as long as it is full: an error costs more than all else of a refusal, when there are thousands. */
  private full: GridwireError | undefined;

  constructor(
    private readonly options: OutboxOptions,
    private readonly holdings: Holdings,
  ) {}

  /** Makes room for an event where the oldest gives way. @returns why the event is refused, if it is */
  makeRoom(topic: string, bytes: number): GridwireError | undefined {
    const { maxBytes, whenFull, window } = this.options;
    const { holdings } = this;
    if (bytes > maxBytes) return neverFits(topic, bytes, maxBytes);
    while (whenFull === 'drop-oldest' && this.isFull(bytes)) {
      const oldest = holdings.oldestWaiting(window);
      if (oldest === undefined) break;
      holdings.end(oldest, { kind: 'failed', error: droppedError(oldest.topic) });
    }
    if (this.isFull(bytes)) return (this.full ??= outboxFull(holdings.size, holdings.bytes));
    this.full = undefined;
    return undefined;
  }

  private isFull(bytes: number): boolean {
    const { maxCount, maxBytes } = this.options;
    return this.holdings.size >= maxCount || this.holdings.bytes + bytes > maxBytes;
  }
}
