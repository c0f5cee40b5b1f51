import assert from 'node:assert/strict';
import { writeToStream } from 'mqtt-packet';
import { keepPacketLengths } from '../../../../../src/brokers/mqtt/connection/packet-lengths.js';

describe('the lengths that mqtt-packet keeps', () => {
  it('lie together, and do not hold a piece of the pool each', async () => {
    keepPacketLengths();
    for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    const pieces = new Set<ArrayBufferLike>();
    for (let size = 0; size < 2_000; size += 1) {
      const written: Buffer[] = [];
      const stream = {
        write: (bytes: Buffer) => written.push(bytes),
        cork: () => undefined,
        uncork: () => undefined,
      };
      const packet = { cmd: 'publish', topic: 't', payload: Buffer.alloc(size), qos: 0 } as const;
      writeToStream({ ...packet, dup: false, retain: false }, stream as never);
      // The header comes first, then the length, which is kept.
      const [, length] = written;
      assert.equal(length?.[0], ((size + 3) % 128) | (size + 3 > 127 ? 128 : 0));
      pieces.add(length.buffer);
      // What else goes on uses the pool up.
      for (let other = 0; other < 4; other += 1) Buffer.allocUnsafe(30_000);
    }
    assert.ok(pieces.size < 100, `${pieces.size} pieces`);
  });
});
