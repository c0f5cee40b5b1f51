import type { Message } from 'kafkajs';

/**
 * A record that cannot be written any more when its time is over. kafkajs writes it when its turn has come, which may be
 * long after a batch was handed over: after those of other topics with a producer that numbers its batches, and again
 * after each fault. It reads the value each time, just before the wire.
 * @param inTime throws when the time is over
 */
export function timely(record: Message, inTime: (() => void) | undefined): Message {
  if (inTime === undefined) return record;
  const { value } = record;
  const get = (): Message['value'] => {
    inTime();
    return value;
  };
  return Object.defineProperty({ ...record }, 'value', { enumerable: true, get });
}
