import assert from 'node:assert/strict';
import { gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { CompressionCodecs, CompressionTypes } from 'kafkajs';
import { installCodecs, unpack } from '../../../../../src/brokers/kafka/codecs/codecs.js';
import { packLz4 } from '../../../../../src/brokers/kafka/codecs/pack-lz4.js';
import { packSnappy } from '../../../../../src/brokers/kafka/codecs/pack-snappy.js';
import { unpackLimit } from '../../../../../src/brokers/kafka/codecs/unpack-limit.js';

/** As Google's and LZ4's own programs pack "abcabcabc…" 100 times. */
const TEXT = Buffer.from('abc'.repeat(100));
const SNAPPY = Buffer.from([
  ...[0xac, 0x02, 0x08, 0x61, 0x62, 0x63],
  ...[0xfe, 0x03, 0x00, 0xfe, 0x03, 0x00, 0xfe, 0x03, 0x00, 0xfe, 0x03, 0x00, 0xa2, 0x03, 0x00],
]);
const XERIAL = Buffer.concat([
  Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]),
  Buffer.from([0, 0, 0, SNAPPY.length]),
  SNAPPY,
  Buffer.from([0, 0, 0, SNAPPY.length]),
  SNAPPY,
]);
/** Three literals, a run of 292 bytes at a distance of three, five literals. */
const LZ4_BLOCK = Buffer.from([
  0x3f, 0x61, 0x62, 0x63, 0x03, 0x00, 0xff, 0x12, 0x50, 0x62, 0x63, 0x61, 0x62, 0x63,
]);
const LZ4 = Buffer.concat([
  Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82, LZ4_BLOCK.length, 0, 0, 0]),
  LZ4_BLOCK,
  Buffer.from([0, 0, 0, 0]),
]);

describe('packed batches of Kafka', () => {
  it('are what was packed, whether at once or in a thread of their own', async () => {
    installCodecs();
    const codec = CompressionCodecs[CompressionTypes.GZIP]() as {
      compress(encoder: { buffer: Buffer }): Promise<Buffer>;
    };
    for (const size of [0, 1, 300, 32_767, 32_768, 32_769, 500_000]) {
      const buffer = Buffer.from(Array.from({ length: size }, (_, at) => (at * at) % 251));
      const packed = await codec.compress({ buffer });
      assert.ok(gunzipSync(packed).equals(buffer), `${size} bytes`);
      assert.ok(size < 300 || packed.length < size, `${size} bytes became ${packed.length}`);
    }
  });

  const PACKED: [string, number, Buffer, Buffer][] = [
    ['gzip', 1, gzipSync(TEXT), TEXT],
    ['snappy', 2, SNAPPY, TEXT],
    ['snappy as Java frames it', 2, XERIAL, Buffer.concat([TEXT, TEXT])],
    ['lz4', 3, LZ4, TEXT],
    ['zstd', 4, zstdCompressSync(TEXT), TEXT],
  ];
  for (const [name, codec, packed, text] of PACKED) {
    it(`are unpacked: ${name}`, async () => {
      assert.equal((await unpack(codec, packed)).toString(), text.toString());
    });

    it(`are bounded before they take memory: ${name}`, async () => {
      await unpackLimit.run(100, () => assert.rejects(unpack(codec, packed), { code: 'BODY_TOO_LARGE' }));
    });

    it(`end in an error and nothing else when they are damaged: ${name}`, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.nat(packed.length - 1),
          fc.integer({ min: 0, max: 255 }),
          fc.nat(packed.length),
          async (at, byte, cut) => {
            const damaged = Buffer.from(packed);
            damaged[at] = byte;
            await unpackLimit
              .run(100_000, () => unpack(codec, damaged.subarray(0, cut)))
              .then(
                (bytes) => assert.ok(bytes.length <= 100_000),
                (error: unknown) => assert.ok(error instanceof Error),
              );
          },
        ),
        { numRuns: 300, seed: 7 },
      );
    });
  }

  it('of a codec that does not exist say so', async () => {
    await assert.rejects(unpack(6, TEXT), { code: 'NOT_SUPPORTED', details: { codec: 6 } });
  });

  it('that name a length of gigabytes in ten bytes take no memory for it', async () => {
    await assert.rejects(unpack(2, Buffer.from([0x80, 0x80, 0x80, 0x10, 0, 1])));
  });
});

/** Bytes that repeat themselves near and far, and some that do not. */
const repeating = fc
  .array(fc.oneof(fc.uint8Array({ maxLength: 400 }), fc.tuple(fc.nat(255), fc.nat(70_000))), {
    maxLength: 12,
  })
  .map((parts) =>
    Buffer.concat(parts.map((part) => (part instanceof Uint8Array ? part : Buffer.alloc(part[1], part[0])))),
  )
  .chain((bytes) => fc.nat(3).map((times) => Buffer.concat(Array.from({ length: times }, () => bytes))));

describe('batches that are packed for Kafka', () => {
  for (const [name, codec, pack] of [
    ['snappy', 2, packSnappy],
    ['lz4', 3, packLz4],
  ] as const) {
    it(`come back to the byte: ${name}`, async () => {
      await fc.assert(
        fc.asyncProperty(repeating, async (bytes) => {
          assert.ok(bytes.equals(await unpack(codec, pack(bytes))));
        }),
        { numRuns: 300, seed: 7 },
      );
    });

    it(`come back at every length that a format's own counts turn at: ${name}`, async () => {
      const turns = [
        0, 1, 4, 11, 12, 13, 15, 16, 19, 59, 60, 61, 255, 256, 257, 269, 270, 65_535, 65_536, 65_537,
      ];
      for (const length of turns)
        for (const bytes of [
          Buffer.alloc(length, 1),
          Buffer.from(Array.from({ length }, (_, at) => (at * 7919) >> 3)),
        ])
          assert.ok(bytes.equals(await unpack(codec, pack(bytes))), `${length}`);
    });

    it(`get shorter where they repeat themselves, and hardly longer where they do not: ${name}`, () => {
      const telemetry = Buffer.from(
        Array.from({ length: 2_000 }, (_, at) => `{"serialNumber":"INV-${at % 7}","powerKw":${at}}`).join(),
      );
      assert.ok(pack(telemetry).length < telemetry.length / 3);
      const noise = gzipSync(telemetry);
      assert.ok(pack(noise).length < noise.length * 1.01 + 64);
    });
  }
});
