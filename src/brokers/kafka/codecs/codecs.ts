import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { CompressionCodecs, CompressionTypes } from 'kafkajs';
import { GridwireError } from '../../../errors.js';
import { unpackLz4 } from './lz4.js';
import { packLz4 } from './pack-lz4.js';
import { packSnappy } from './pack-snappy.js';
import { unpackSnappy } from './snappy.js';
import { ownLimit, tooLarge } from './unpack-limit.js';

/** The codecs that batches can be written with. */
export const WRITTEN_CODECS = ['gzip', 'snappy', 'lz4', 'zstd', 'none'] as const;
export type WrittenCodec = (typeof WRITTEN_CODECS)[number];

/**
 * Why batches cannot be written with a codec, and what to do.
 * @returns undefined for one that they can be written with
 */
export function codecFault(codec: string): string | undefined {
  if (codec === 'zstd' && !hasZstd()) return 'this Node has no zstd; use Node 22.15 or later, or gzip';
  if ((WRITTEN_CODECS as readonly string[]).includes(codec)) return undefined;
  return `it must be one of ${WRITTEN_CODECS.join(', ')}`;
}

export const COMPRESSION: Record<WrittenCodec, CompressionTypes> = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
};

/** Packing more than so many bytes is worth a way through the threads, which costs more than packing fewer. */
const PACKED_AT_ONCE = 32 * 1024;
const gzip = promisify(zlib.gzip);
const gunzip = promisify(zlib.unzip) as (bytes: Buffer, options: zlib.ZlibOptions) => Promise<Buffer>;

/** By Kafka's number of the codec. */
const UNPACK: Record<number, (packed: Buffer, limit: number) => Buffer | Promise<Buffer>> = {
  [CompressionTypes.GZIP]: (packed, limit) => gunzip(packed, { maxOutputLength: limit }),
  [CompressionTypes.Snappy]: unpackSnappy,
  [CompressionTypes.LZ4]: unpackLz4,
  [CompressionTypes.ZSTD]: unpackZstd,
};

/** The same, the other way. */
const PACK: Record<number, (bytes: Buffer) => Buffer | Promise<Buffer>> = {
  [CompressionTypes.GZIP]: packGzip,
  [CompressionTypes.Snappy]: packSnappy,
  [CompressionTypes.LZ4]: packLz4,
  [CompressionTypes.ZSTD]: packZstd,
};

/** Node has zstd since 22.15; before, batches with it can be neither read nor written. */
export function hasZstd(): boolean {
  return typeof (zlib as { zstdCompress?: unknown }).zstdCompress === 'function';
}

/**
 * The records of a batch, unpacked.
 * @param limit most bytes that they may have
 * @throws GridwireError `BODY_TOO_LARGE`, `NOT_SUPPORTED` for a codec that is not known; whatever damaged bytes cause
 */
export async function unpack(codec: number, packed: Buffer, limit = ownLimit()): Promise<Buffer> {
  const read = UNPACK[codec];
  if (read === undefined) {
    const text = `A batch is packed with the codec ${codec}, which is none that Kafka has (gzip, snappy, lz4, zstd).`;
    throw new GridwireError('NOT_SUPPORTED', text, { details: { codec } });
  }
  try {
    return await read(packed, limit);
  } catch (thrown) {
    if ((thrown as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limit);
    throw thrown;
  }
}

/** Gives kafkajs the codecs that it has no code for, and a bounded gzip. */
export function installCodecs(): void {
  for (const [codec, pack] of Object.entries(PACK)) {
    (CompressionCodecs as Record<string, unknown>)[codec] = () => ({
      compress: async ({ buffer }: { buffer: Buffer }) => pack(buffer),
      decompress: (buffer: Buffer) => unpack(Number(codec), buffer),
    });
  }
}

/** A small batch at once, in about a tenth of a millisecond, and by the fast level: it is a twentieth larger then. */
function packGzip(bytes: Buffer): Buffer | Promise<Buffer> {
  if (bytes.length > PACKED_AT_ONCE) return gzip(bytes);
  return zlib.gzipSync(bytes, { level: zlib.constants.Z_BEST_SPEED });
}

function unpackZstd(packed: Buffer, limit: number): Promise<Buffer> {
  if (!hasZstd()) throw withoutZstd();
  return promisify(
    zlib.zstdDecompress as (
      bytes: Buffer,
      options: { maxOutputLength: number },
      done: (error: Error | null, bytes: Buffer) => void,
    ) => void,
  )(packed, { maxOutputLength: limit });
}

function packZstd(bytes: Buffer): Promise<Buffer> {
  if (!hasZstd()) throw withoutZstd();
  return promisify(
    zlib.zstdCompress as (bytes: Buffer, done: (error: Error | null, bytes: Buffer) => void) => void,
  )(bytes);
}

function withoutZstd(): GridwireError {
  return new GridwireError(
    'NOT_SUPPORTED',
    'This Node has no zstd; use Node 22.15 or later, or another compression.',
  );
}
