import assert from 'node:assert/strict';
import {
  javaPartitioner,
  murmur2,
  partitionOf,
} from '../../../../../src/brokers/kafka/outbound/partitioner.js';
import { FOLDED_10000, JAVA_PARTITIONS } from './java-partitions.js';

describe('Kafka partitioner', () => {
  it("hashes as Java's producer does, at every length of the tail and beyond ASCII", () => {
    for (const [key, hash, of6, of50] of JAVA_PARTITIONS) {
      assert.equal(murmur2(Buffer.from(key)), hash, key);
      assert.deepEqual([partitionOf(key, 6), partitionOf(key, 50)], [of6, of50], key);
    }
  });

  it("puts 10,000 keys where Java's producer puts them", () => {
    let folded = 0;
    for (let index = 0; index < 10_000; index += 1) {
      folded = (folded * 31 + partitionOf(`key-${index}`, 12)) % 1_000_000_007;
    }
    assert.equal(folded, FOLDED_10000);
  });

  it('hashes a part of a larger buffer like the part alone', () => {
    const whole = Buffer.from('--INV-001--');
    assert.equal(murmur2(whole.subarray(2, 9)), murmur2(Buffer.from('INV-001')));
  });

  it('keeps a message without a key where it was put first, and spreads such messages', () => {
    const choose = javaPartitioner();
    const partitionMetadata = [0, 1, 2].map((partitionId) => ({ partitionId })) as never;
    const messages = [1, 2, 3].map(() => ({ key: null, value: 'x' }));
    const first = messages.map((message) => choose({ topic: 't', partitionMetadata, message }));
    const again = messages.map((message) => choose({ topic: 't', partitionMetadata, message }));
    assert.deepEqual([...first].sort(), [0, 1, 2]);
    assert.deepEqual(again, first);
  });
});
