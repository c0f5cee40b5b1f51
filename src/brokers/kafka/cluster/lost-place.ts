import { AsyncLocalStorage } from 'node:async_hooks';
import ConsumerGroup = require('kafkajs/src/consumer/consumerGroup.js');
import { GridwireError } from '../../../errors.js';

/** A place from which a partition could not be read on, and where it is read on instead. */
export interface LostPlace {
  topic: string;
  partition: number;
  /** Offset; the first that has not been read. */
  from: bigint;
  /** Offset; the first that is there. */
  to: bigint;
}

/** Told of lost places by the consumer whose calls begin in it. */
export const lostPlaces = new AsyncLocalStorage<(place: LostPlace) => void>();

let isRepaired = false;

/**
 * Lets kafkajs say that records are gone before they were read, by the topic's retention or somebody's hand. It only goes
 * on from the first that is there, and commits "the beginning" in place of an offset, which a new start takes for none.
 */
export function repairLostPlaces(): void {
  if (isRepaired) return;
  isRepaired = true;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with the `this` of its caller
  const { recoverFromOffsetOutOfRange } = ConsumerGroup.prototype;
  ConsumerGroup.prototype.recoverFromOffsetOutOfRange = async function (error) {
    const { topic, partition } = error;
    // It asks the leader first, where it had read from another server.
    if (this.preferredReadReplicasPerTopicPartition[topic]?.[partition] !== undefined)
      return recoverFromOffsetOutOfRange.call(this, error);
    const from = BigInt(this.offsetManager.nextOffset(topic, partition).toString());
    const wanted = [{ topic, partitions: [{ partition }], fromBeginning: true }];
    const [found] = await this.cluster.fetchTopicsOffset(wanted);
    const offset = found?.partitions[0]?.offset;
    if (offset === undefined) return recoverFromOffsetOutOfRange.call(this, error);
    await this.offsetManager.commitOffsets({ topics: [{ topic, partitions: [{ partition, offset }] }] });
    await this.offsetManager.seek({ topic, partition, offset });
    lostPlaces.getStore()?.({ topic, partition, from, to: BigInt(offset) });
  };
}

/** What it means for whoever reads there. */
export function lostPlaceProblem({ topic, partition, from, to }: LostPlace, group: string): GridwireError {
  const place = `partition ${partition} of ${topic}`;
  if (to > from) {
    const count = Number(to - from);
    const text = `Kafka has deleted ${count} records of ${place} before the group "${group}" had read them (offsets ${from} to ${to - 1n}). Give the topic a longer retention, or find out why they were not read.`;
    return new GridwireError('BROKER_DROPPED', text, { details: { topic, partition, count, lost: count } });
  }
  const text = `Kafka's log of ${place} ends before the place that the group "${group}" had reached (offset ${from}): the topic was made anew, its end was lost, or somebody has set the offsets. It is read from its beginning (offset ${to}); what had been there and not been read is gone.`;
  return new GridwireError('SESSION_LOST', text, { details: { topic, partition, lost: 'unknown' } });
}
