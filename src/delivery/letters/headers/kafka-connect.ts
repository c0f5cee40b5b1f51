import type { FailureRecord, HeaderDialect } from './failure-headers.js';
import { firstLine, present, readInt32, readInt64, readText, text } from './header-values.js';

const PREFIX = '__connect.errors.';

/**
 * Kafka Connect's headers, all text: org.apache.kafka.connect.runtime.errors.DeadLetterQueueReporter (KIP-298).
 * Connect names a connector, a task and a stage where Gridwire has a consumer group; the group is the connector here.
 */
export const KAFKA_CONNECT: HeaderDialect = {
  name: 'kafka-connect',
  prefixes: [PREFIX],

  write(failure) {
    return present({
      [`${PREFIX}topic`]: failure.topic,
      [`${PREFIX}partition`]: failure.partition?.toString(),
      [`${PREFIX}offset`]: failure.offset?.toString(),
      [`${PREFIX}connector.name`]: failure.consumerGroup,
      [`${PREFIX}task.id`]: '0',
      [`${PREFIX}stage`]: failure.stage ?? 'TASK_PUT',
      [`${PREFIX}class.name`]: 'gridwire',
      [`${PREFIX}exception.class.name`]: failure.code,
      [`${PREFIX}exception.message`]: failure.reason === undefined ? undefined : text(failure.reason),
      [`${PREFIX}exception.stacktrace`]: firstLine(failure),
    });
  },

  read(headers) {
    const topic = readText(headers, `${PREFIX}topic`);
    if (topic === undefined) return undefined;
    return present<FailureRecord>({
      topic,
      partition: readInt32(headers, `${PREFIX}partition`),
      offset: readInt64(headers, `${PREFIX}offset`),
      consumerGroup: readText(headers, `${PREFIX}connector.name`),
      stage: readText(headers, `${PREFIX}stage`),
      code: readText(headers, `${PREFIX}exception.class.name`),
      reason: readText(headers, `${PREFIX}exception.message`),
    });
  },
};
