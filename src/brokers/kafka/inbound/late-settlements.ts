import { GridwireError } from '../../../errors.js';

/** A rebalance makes all that was in the flow's hands late at once; told together, it stays readable. Milliseconds. */
const COLLECT = 1_000;

/** Counts what a flow finished with after a rebalance had taken it away, and tells of it, at most once a second. */
export class LateSettlements {
  #count = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  /** @param tell receives a `SETTLED_LATE`; its `details` have `group` and `count` */
  constructor(
    private readonly group: string,
    private readonly tell: (problem: GridwireError) => void,
  ) {}

  add(): void {
    // What a subscription that closes leaves unsettled is its successor's.
    if (this.#closed) return;
    this.#count += 1;
    this.#timer ??= setTimeout(() => this.#flush(), COLLECT);
  }

  /** What was not told yet is told. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    if (this.#count > 0) this.#flush();
  }

  #flush(): void {
    const count = this.#count;
    this.#count = 0;
    this.#timer = undefined;
    const { group } = this;
    const text = `The flow finished with ${count} messages after the group "${group}" had divided its partitions anew. Nothing was committed for them, and they are delivered again. If that happens often, finish sooner, or raise the session timeout.`;
    this.tell(new GridwireError('SETTLED_LATE', text, { details: { group, count } }));
  }
}
