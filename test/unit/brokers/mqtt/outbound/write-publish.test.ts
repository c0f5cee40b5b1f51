import assert from 'node:assert/strict';
import fc from 'fast-check';
import { generate } from 'mqtt-packet';
import { PacketBatch } from '../../../../../src/brokers/mqtt/connection/packet-batch.js';
import { writePublish, writePubrel } from '../../../../../src/brokers/mqtt/outbound/write-publish.js';

const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((values) => Buffer.from(values));
const message = fc.record({
  topic: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 }),
  body: fc.oneof(
    bytes(300),
    fc.integer({ min: 0, max: 40_000 }).map((size) => Buffer.alloc(size, 'x')),
  ),
  qos: fc.constantFrom(0, 1, 2),
  retain: fc.boolean(),
});
const properties = fc.record(
  {
    messageExpiryInterval: fc.integer({ min: 1, max: 0xffff_ffff }),
    contentType: text,
    responseTopic: text,
    correlationData: bytes(300),
    userProperties: fc.dictionary(text, fc.array(text, { minLength: 1, maxLength: 3 }), {
      minKeys: 1,
      maxKeys: 9,
    }),
  },
  { requiredKeys: [] },
);

/** What leaves when so much is written before it. */
function written(write: (batch: PacketBatch) => void): Buffer {
  const left: Buffer[] = [];
  const batch = new PacketBatch((chunk, done) => {
    left.push(Buffer.from(chunk));
    done();
  });
  write(batch);
  batch.flush();
  return Buffer.concat(left);
}

describe('what is written of a message', () => {
  for (const protocolVersion of [4, 5] as const)
    it(`is the packet that mqtt-packet makes of it, one behind the other: MQTT ${protocolVersion}`, () => {
      const sent = fc.array(fc.tuple(message, fc.integer({ min: 1, max: 0xffff }), properties), {
        maxLength: 6,
      });
      fc.assert(
        fc.property(sent, (all) => {
          const ours = written((batch) => {
            for (const [each, packetId, given] of all)
              writePublish(batch, each, packetId, protocolVersion === 5 ? given : undefined);
          });
          const theirs = all.map(([each, messageId, given]) => {
            const { topic, body, qos, retain } = each as {
              topic: string;
              body: Buffer;
              qos: 0 | 1 | 2;
              retain: boolean;
            };
            const packet = {
              cmd: 'publish',
              topic,
              payload: body,
              qos,
              retain,
              dup: false,
              messageId,
            } as const;
            return generate(
              { ...packet, ...(protocolVersion === 5 ? { properties: given } : {}) },
              {
                protocolVersion,
              },
            );
          });
          // Properties may stand in any order: what their length is, and what they are read as, is the same.
          if (protocolVersion === 4 || all.every(([, , given]) => Object.keys(given).length <= 1))
            assert.ok(ours.equals(Buffer.concat(theirs)));
          else assert.equal(ours.length, Buffer.concat(theirs).length);
        }),
        { numRuns: 300 },
      );
    });

  it('ends QoS 2 as the standard says', () => {
    assert.deepEqual([...written((batch) => writePubrel(batch, 0x1234))], [0x62, 2, 0x12, 0x34]);
  });

  it('uses no memory again before it is written', () => {
    const waiting: (() => void)[] = [];
    const chunks: Buffer[] = [];
    const batch = new PacketBatch((chunk, done) => {
      chunks.push(chunk);
      waiting.push(done);
    });
    const put = (value: number): void => {
      const at = batch.take(2);
      batch.bytes.fill(value, at, at + 2);
      batch.flush();
    };
    put(1);
    put(2);
    assert.deepEqual(
      chunks.map(([first]) => first),
      [1, 2],
    );
    for (const done of waiting.splice(0)) done();
    put(3);
    assert.ok(chunks[2]!.buffer === chunks[0]!.buffer || chunks[2]!.buffer === chunks[1]!.buffer);
  });
});
