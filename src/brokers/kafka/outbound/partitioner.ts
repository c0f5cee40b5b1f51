import type { ICustomPartitioner } from 'kafkajs';

const SEED = 0x9747b28c;
const MIX = 0x5bd1e995;

/**
 * The hash by which Java's producer picks a partition: MurmurHash2, 32 bit, as in
 * org.apache.kafka.common.utils.Utils.murmur2.
 * @returns a signed 32-bit number
 */
export function murmur2(bytes: Uint8Array): number {
  const words = bytes.length >> 2;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let hash = SEED ^ bytes.length;
  for (let word = 0; word < words; word += 1) {
    let k = Math.imul(view.getInt32(word * 4, true), MIX);
    k = Math.imul(k ^ (k >>> 24), MIX);
    hash = Math.imul(hash, MIX) ^ k;
  }
  const rest = bytes.length & 3;
  if (rest > 0) {
    for (let index = rest - 1; index >= 0; index -= 1) hash ^= (bytes[words * 4 + index] ?? 0) << (8 * index);
    hash = Math.imul(hash, MIX);
  }
  hash = Math.imul(hash ^ (hash >>> 13), MIX);
  return hash ^ (hash >>> 15);
}

/** The partition of a key among `count`, as Java's producer picks it. */
export function partitionOf(key: string | Uint8Array, count: number): number {
  const bytes = typeof key === 'string' ? Buffer.from(key) : key;
  return (murmur2(bytes) & 0x7fffffff) % count;
}

/**
 * Keys as Java does; without a key by turns. The choice is written into the message, so that a retry of kafkajs, which
 * asks again, sends each message to where it went before: sequence numbers are counted per partition.
 */
export const javaPartitioner: ICustomPartitioner = () => {
  let turn = 0;
  return ({ partitionMetadata, message }) => {
    if (message.partition !== undefined) return message.partition;
    const count = partitionMetadata.length;
    const { key } = message;
    if (key === null || key === undefined) turn += 1;
    message.partition = key === null || key === undefined ? turn % count : partitionOf(key, count);
    return message.partition;
  };
};
