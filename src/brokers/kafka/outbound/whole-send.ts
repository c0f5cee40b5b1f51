import type { Producer, ProducerRecord, RecordMetadata } from 'kafkajs';
import { GridwireError } from '../../../errors.js';

/**
 * Sends a batch to a topic until Kafka has answered for each of its partitions. kafkajs 2.2.4 tries again by server: when
 * the leader of a partition that failed moves to a server that has answered for others already, it leaves that
 * partition's messages out and reports success. Which partitions were answered for is all that tells.
 * @returns the answers for all partitions; none where no acknowledgement was asked for
 * @throws what the producer throws; GridwireError `BROKER_DISCONNECTED` if Kafka answered for no partition
 */
export async function sendWhole(producer: Producer, batch: ProducerRecord): Promise<RecordMetadata[]> {
  if (batch.acks === 0) return producer.send(batch);
  const answers: RecordMetadata[] = [];
  for (let { messages } = batch; messages.length > 0;) {
    const answered = await producer.send({ ...batch, messages });
    answers.push(...answered);
    const partitions = new Set(answered.map(({ partition }) => partition));
    // The partitioner has written its choice into the messages, so they go where they were to go.
    const left = messages.filter(({ partition }) => partition === undefined || !partitions.has(partition));
    if (left.length === messages.length) {
      const text = `Kafka acknowledged none of the ${left.length} messages for ${batch.topic}; they are sent again.`;
      throw new GridwireError('BROKER_DISCONNECTED', text, { details: { topic: batch.topic } });
    }
    messages = left;
  }
  return answers;
}
