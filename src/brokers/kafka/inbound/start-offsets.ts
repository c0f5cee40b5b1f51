import { listOf } from '../../../list.js';
import { invalid } from '../../settings-check.js';
import { kafkaTopicOf } from '../cluster/kafka-topics.js';

/**
 * Offsets as people write them, `device-telemetry:0:1500, device-telemetry:1:1200`: topic, partition, offset.
 * @returns offsets by Kafka's name of the topic and by partition
 * @throws GridwireError `SETTING_INVALID`, `TOPIC_ILLEGAL`
 */
export function parseOffsets(text: string): Map<string, Map<number, bigint>> {
  const topics = new Map<string, Map<number, bigint>>();
  for (const entry of listOf(text)) {
    const [, topic, partition, offset] = /^([^:]+):(\d{1,9}):(\d{1,18})$/.exec(entry) ?? [];
    if (topic === undefined || partition === undefined || offset === undefined)
      throw invalid('offsets', entry, 'write topic:partition:offset, and a comma between them');
    const name = kafkaTopicOf(topic);
    const partitions = topics.get(name) ?? new Map<number, bigint>();
    partitions.set(Number(partition), BigInt(offset));
    topics.set(name, partitions);
  }
  if (topics.size === 0) throw invalid('offsets', text, 'there are none; write topic:partition:offset');
  return topics;
}
