import type { FailureRecord, HeaderDialect } from './failure-headers.js';
import { present, readInt32, readInt64, readText, readTime, text } from './header-values.js';

/** What every dead letter says. */
export const FAILURE_HEADERS = {
  topic: 'gridwire-original-topic',
  code: 'gridwire-failure-code',
  reason: 'gridwire-failure-reason',
  class: 'gridwire-failure-class',
  time: 'gridwire-failure-time',
} as const;

const PARTITION = 'gridwire-original-partition';
const OFFSET = 'gridwire-original-offset';
const TIMESTAMP = 'gridwire-original-timestamp';
const GROUP = 'gridwire-original-consumer-group';

/** Gridwire's own headers, all text: those of every dead letter, and where the message was in Kafka. */
export const GRIDWIRE: HeaderDialect = {
  name: 'gridwire',
  prefixes: ['gridwire-original-', 'gridwire-failure-'],

  write(failure) {
    return present({
      [FAILURE_HEADERS.topic]: failure.topic,
      [FAILURE_HEADERS.code]: failure.code,
      [FAILURE_HEADERS.reason]: failure.reason === undefined ? undefined : text(failure.reason),
      [FAILURE_HEADERS.class]: failure.fault,
      [FAILURE_HEADERS.time]: failure.failedAt,
      [PARTITION]: failure.partition?.toString(),
      [OFFSET]: failure.offset?.toString(),
      [TIMESTAMP]: failure.timestamp?.toString(),
      [GROUP]: failure.consumerGroup,
    });
  },

  read(headers) {
    const topic = readText(headers, FAILURE_HEADERS.topic);
    if (topic === undefined) return undefined;
    return present<FailureRecord>({
      topic,
      partition: readInt32(headers, PARTITION),
      offset: readInt64(headers, OFFSET),
      timestamp: readTime(headers, TIMESTAMP),
      consumerGroup: readText(headers, GROUP),
      code: readText(headers, FAILURE_HEADERS.code),
      reason: readText(headers, FAILURE_HEADERS.reason),
      fault: readText(headers, FAILURE_HEADERS.class),
      failedAt: readText(headers, FAILURE_HEADERS.time),
    });
  },
};
