import type { Headers } from '../../../event.js';
import type { FailureRecord, HeaderDialect } from './failure-headers.js';
import {
  firstLine,
  int32,
  int64,
  present,
  readInt32,
  readInt64,
  readText,
  readTime,
  text,
} from './header-values.js';

/** Of the dead-letter topic, and of Spring's retry topics, which carry the same names without `dlt-`. */
const LETTER = 'kafka_dlt-';
const RETRY = 'kafka_';
/** The one name that keeps its `dlt-` on retry topics. */
const GROUP = 'kafka_dlt-original-consumer-group';

/**
 * Spring for Apache Kafka's headers (DeadLetterPublishingRecoverer, KafkaHeaders). Texts are UTF-8; partition is a
 * Java Integer and offset and timestamp are Java Longs, most significant byte first. Whoever reads those as text
 * destroys them.
 */
export const SPRING: HeaderDialect = {
  name: 'spring',
  prefixes: [
    LETTER,
    'kafka_exception-',
    'kafka_original-',
    'kafka_key-exception-',
    'kafka_deliveryAttempt',
    'retry_topic-',
  ],

  write(failure) {
    return present({
      [`${LETTER}original-topic`]: failure.topic,
      [`${LETTER}original-partition`]: failure.partition === undefined ? undefined : int32(failure.partition),
      [`${LETTER}original-offset`]: failure.offset === undefined ? undefined : int64(failure.offset),
      [`${LETTER}original-timestamp`]: failure.timestamp === undefined ? undefined : int64(failure.timestamp),
      [`${LETTER}original-timestamp-type`]: failure.timestamp === undefined ? undefined : 'CreateTime',
      [GROUP]: failure.consumerGroup,
      [`${LETTER}exception-fqcn`]: failure.code,
      [`${LETTER}exception-message`]: failure.reason === undefined ? undefined : text(failure.reason),
      [`${LETTER}exception-stacktrace`]: firstLine(failure),
    });
  },

  read(headers) {
    return readWith(headers, LETTER) ?? readWith(headers, RETRY);
  },
};

function readWith(headers: Headers, prefix: string): FailureRecord | undefined {
  const topic = readText(headers, `${prefix}original-topic`);
  if (topic === undefined) return undefined;
  return present<FailureRecord>({
    topic,
    partition: readInt32(headers, `${prefix}original-partition`),
    offset: readInt64(headers, `${prefix}original-offset`),
    timestamp: readTime(headers, `${prefix}original-timestamp`),
    consumerGroup: readText(headers, GROUP),
    code:
      readText(headers, `${prefix}exception-cause-fqcn`) ??
      readText(headers, `${prefix}exception-fqcn`) ??
      readText(headers, `${prefix}key-exception-fqcn`),
    reason:
      readText(headers, `${prefix}exception-message`) ?? readText(headers, `${prefix}key-exception-message`),
  });
}
