import { PartitionLedger } from './partition-ledger.js';

export interface PartitionOffset {
  topic: string;
  partition: number;
  offset: string;
}

/** Sends offsets as the member and generation of the group that it was made for. */
export type Commit = (offsets: readonly PartitionOffset[]) => Promise<void>;

/**
 * One stay in the consumer group, from a rebalance to the next. Its partitions belong to this process only while it is
 * open: what is settled after that is not committed, because the partition may be another's by then.
 */
export class Generation {
  readonly #ledgers = new Map<string, PartitionLedger>();
  #committing: Promise<boolean> | undefined;
  #open = true;
  /** Set by the first batch: kafkajs gives a way to commit without retries only there. */
  commit: Commit | undefined;

  get isOpen(): boolean {
    return this.#open;
  }

  /** @param position where reading goes on; below what was read before, the log has been reset and so is its ledger */
  ledger(topic: string, partition: number, position: number): PartitionLedger {
    const key = `${topic}/${partition}`;
    let ledger = this.#ledgers.get(key);
    if (!ledger || position < ledger.next) {
      ledger = new PartitionLedger(topic, partition, position);
      this.#ledgers.set(key, ledger);
    }
    return ledger;
  }

  /**
   * Commits what is settled, as a prefix of each partition.
   * @returns false if it has to be tried again; a rebalance is under way, or the coordinator is away
   */
  flush(): Promise<boolean> {
    this.#committing ??= this.#flush().finally(() => (this.#committing = undefined));
    return this.#committing;
  }

  close(): void {
    this.#open = false;
  }

  async #flush(): Promise<boolean> {
    if (!this.#open || !this.commit) return true;
    const due = [...this.#ledgers.values()].flatMap((ledger) =>
      ledger.committable === undefined ? [] : [{ ledger, offset: ledger.committable }],
    );
    if (due.length === 0) return true;
    try {
      await this.commit(
        due.map(({ ledger: { topic, partition }, offset }) => ({ topic, partition, offset: `${offset}` })),
      );
      for (const { ledger, offset } of due) ledger.committed(offset);
      return true;
    } catch {
      return false;
    }
  }
}

/** Offsets as kafkajs commits them. */
export function byTopic(offsets: readonly PartitionOffset[]) {
  const topics = new Map<string, { partition: number; offset: string }[]>();
  for (const { topic, partition, offset } of offsets) {
    const partitions = topics.get(topic) ?? [];
    partitions.push({ partition, offset });
    topics.set(topic, partitions);
  }
  return { topics: [...topics].map(([topic, partitions]) => ({ topic, partitions })) };
}
