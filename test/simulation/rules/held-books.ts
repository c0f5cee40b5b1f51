import type { InboundMessage } from '../../../src/event.js';
import type { InEvent, Store } from './in-books.js';
import type { Verdicts } from './violation.js';

/**
 * Keeps account of what the flow has put aside until somebody decides. A store knows one row for each event. Without one
 * its broker may bring an event again while a copy is in hand, and each copy waits for itself.
 */
export class HeldBooks {
  /** Copies that may not run: held, or refused by a decision. */
  private readonly closed = new Map<InboundMessage, InEvent>();

  /** Approved, and then an older copy of the store was put back, in which they are held. */
  private readonly approvedBefore = new Set<InEvent>();

  constructor(
    private readonly events: ReadonlyMap<number, InEvent>,
    private readonly verdicts: Verdicts,
    private readonly store: Store,
    private readonly hasStore: boolean,
  ) {}

  /**
   * What is held is processed when somebody has decided so; only its broker may bring it before that. A decision that the
   * store carries out late reaches what was held for the same thing meanwhile.
   */
  runs(copy: InboundMessage, event: InEvent): void {
    const { n, acknowledged, excused } = event;
    const isClosed = this.hasStore ? acknowledged && this.store.isClosed(n) : this.closed.has(copy);
    const mayRunAgain = (excused && !acknowledged) || this.approvedBefore.has(event);
    const isOpen = !isClosed || (this.hasStore && mayRunAgain);
    this.verdicts.hold(isOpen, 'what is held waits for its decision', () => `event ${n} runs`);
  }

  ended(copy: InboundMessage, event: InEvent, isHeld: boolean): void {
    event.held = isHeld;
    // Its broker had brought it again: what was decided before is over.
    event.refused = false;
    this.approvedBefore.delete(event);
    if (isHeld) this.closed.set(copy, event);
    else this.closed.delete(copy);
  }

  /** Somebody has decided about all that is held by this, at a simulated time in milliseconds. */
  decided(by: string, isApproved: boolean, at: number): void {
    for (const event of this.events.values()) {
      if (!event.held || event.message.topic !== by) continue;
      event.held = false;
      event.decidedAt = at;
      event.refused = !isApproved;
      event.failures = 0;
    }
    if (!isApproved) return;
    for (const [copy, { message }] of this.closed) if (message.topic === by) this.closed.delete(copy);
  }

  /** An older copy of the store is there now; the process may know of decisions that it does not. */
  contentLost(): void {
    for (const event of this.events.values())
      if (event.decidedAt > 0 && !event.held && !event.refused) this.approvedBefore.add(event);
  }

  /** The memory that held them is gone. */
  processDied(): void {
    this.closed.clear();
  }

  /** How many of those that are held by this lie nowhere but in memory, at most. */
  inMemory(by: string): number {
    let count = 0;
    for (const { message, n, held, deliveries } of this.events.values()) {
      if (message.topic !== by) continue;
      // What its broker brings again while it is in hand is in hand twice where no store knows its name.
      if (deliveries > 1) count += deliveries;
      else if (held && !this.store.isParked(n)) count += 1;
    }
    return count;
  }
}
