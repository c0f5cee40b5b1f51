import { Fifo } from '../../../fifo.js';

/** A message that was handed over. */
export interface LedgerEntry {
  readonly offset: number;
  settled: boolean;
}

/**
 * What was handed over of one partition, in order, and how far it may be committed. Kafka keeps one number for each
 * group and partition, "read on from here", so only a prefix without a gap can be settled: a slow message holds the
 * number, while those behind it are worked on.
 */
export class PartitionLedger {
  readonly #entries = new Fifo<LedgerEntry>();
  #unsettled = 0;
  #settledTo: number;
  #committedTo: number;
  #next: number;

  /** @param position the offset that is read next */
  constructor(
    readonly topic: string,
    readonly partition: number,
    position: number,
  ) {
    this.#settledTo = this.#committedTo = this.#next = position;
  }

  /** The lowest offset that may come next. */
  get next(): number {
    return this.#next;
  }

  /** Messages between the oldest unsettled one and the newest; what a slow message makes us remember. */
  get length(): number {
    return this.#entries.length;
  }

  /** Messages in the flow's hands. */
  get unsettled(): number {
    return this.#unsettled;
  }

  add(offset: number): LedgerEntry {
    const entry = { offset, settled: false };
    this.#entries.push(entry);
    this.#next = offset + 1;
    this.#unsettled += 1;
    return entry;
  }

  /**
   * What lies behind all that was handed over, up to this offset, is nobody's: the mark of a transaction's end, and the like.
   * @returns whether there is something to commit
   */
  passOver(offset: number): boolean {
    if (offset >= this.#next) {
      this.#entries.push({ offset, settled: true });
      this.#next = offset + 1;
      this.#shift();
    }
    return this.committable !== undefined;
  }

  settle(entry: LedgerEntry): void {
    entry.settled = true;
    this.#unsettled -= 1;
    this.#shift();
  }

  #shift(): void {
    for (let first = this.#entries.peek(); first?.settled === true; first = this.#entries.peek()) {
      this.#entries.shift();
      this.#settledTo = first.offset + 1;
    }
  }

  /** The offset to commit, if there is anything new to commit. */
  get committable(): number | undefined {
    return this.#settledTo > this.#committedTo ? this.#settledTo : undefined;
  }

  committed(offset: number): void {
    this.#committedTo = Math.max(this.#committedTo, offset);
  }
}
