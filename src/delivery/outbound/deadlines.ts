import { Fifo } from '../../fifo.js';
import type { Item } from './outbox-item.js';
import { Times } from './times.js';

/** So many that have ended may stand here before they are cleared away. */
const VOID = 1_024;

/** When the events of an outbox must not wait any longer: most of them in the order in which they came. */
export class Deadlines {
  private readonly inOrder = new Fifo<Item>();
  private readonly others = new Times<Item>();
  private last = -Infinity;

  /** @param live how many events there are */
  add(item: Item, live: number): void {
    if (item.deadline === Infinity) return;
    if (item.deadline >= this.last && item.expiresAt === undefined) {
      this.last = item.deadline;
      this.inOrder.push(item);
      if (this.inOrder.length > 2 * live + VOID) this.inOrder.removeWhere(isOver);
    } else {
      this.others.add(item.deadline, item);
      if (this.others.size > 2 * live + VOID) this.others.removeWhere(isOver);
    }
  }

  get first(): number | undefined {
    const [next, other] = [this.nextInOrder(), this.nextOther()];
    if (next === undefined || other === undefined) return (next ?? other)?.deadline;
    return Math.min(next.deadline, other.deadline);
  }

  /** Takes one whose time has come. */
  takeDue(now: number): Item | undefined {
    const next = this.nextInOrder();
    if (next !== undefined && next.deadline <= now) return this.inOrder.shift();
    const other = this.nextOther();
    if (other === undefined || other.deadline > now) return undefined;
    this.others.shift();
    return other;
  }

  private nextInOrder(): Item | undefined {
    while (this.inOrder.peek()?.state === 'ended') this.inOrder.shift();
    return this.inOrder.peek();
  }

  private nextOther(): Item | undefined {
    while (this.others.peek()?.state === 'ended') this.others.shift();
    return this.others.peek();
  }
}

function isOver({ state }: Item): boolean {
  return state === 'ended';
}
