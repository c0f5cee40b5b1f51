import { systemClock } from '../../src/clock.js';
import type { StatusLine } from '../runtime/status.js';
import type { UsableStoreNode } from '../runtime/store-node.js';

/** Letters are counted this long after one came, so that a flood of them is counted once, and now and then, milliseconds. */
const SOON = 2_000;
const NOW_AND_THEN = 30_000;

/**
 * Shows that there are dead letters. With a store it is how many wait there, until they are repaired or discarded, by
 * whomever; without one, how many this node wrote since somebody looked.
 */
export class LetterCount {
  private written = 0;
  private timer: NodeJS.Timeout | undefined;
  private dueAt = Infinity;
  private isClosed = false;

  constructor(
    private readonly status: StatusLine,
    private readonly storeNode: UsableStoreNode | undefined,
  ) {
    if (storeNode !== undefined) this.lookIn(SOON);
  }

  /** A letter was written. */
  another(): void {
    if (this.storeNode !== undefined) {
      this.lookIn(SOON);
      return;
    }
    this.written += 1;
    this.status.happened('letters', 'letters', { count: this.written }, () => (this.written = 0));
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
  }

  private lookIn(milliseconds: number): void {
    const at = systemClock.now() + milliseconds;
    if (this.isClosed || at >= this.dueAt) return;
    this.dueAt = at;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.dueAt = Infinity;
      // While the store is away that is what is shown, and told by the store itself.
      this.look().then(
        () => this.lookIn(NOW_AND_THEN),
        () => this.lookIn(NOW_AND_THEN),
      );
    }, milliseconds);
    this.timer.unref();
  }

  private async look(): Promise<void> {
    const { deadLetters } = await (this.storeNode as UsableStoreNode).connection.access();
    const count = await deadLetters.count({ states: ['waiting', 'recovering'] });
    if (this.isClosed) return;
    if (count > 0) this.status.set('letters', 'letters', { count });
    else this.status.clear('letters');
  }
}
