import { BLOCK_BYTES, findRepetitions } from './repetitions.js';

/**
 * The frame's mark, its flags (version 1, blocks that stand alone, no checksums: Kafka's own covers the batch), blocks of
 * 64 KiB, and the checksum of these two bytes.
 */
const HEAD = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82]);
const END = Buffer.alloc(4);
const AS_IT_IS = 0x8000_0000;

/** Packs as an LZ4 frame. Java's client reads no blocks that point into others. */
export function packLz4(bytes: Buffer): Buffer {
  const parts: Buffer[] = [HEAD];
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    const block = bytes.subarray(at, at + BLOCK_BYTES);
    const packed = packBlock(block);
    const isShorter = packed.length < block.length;
    const head = Buffer.alloc(4);
    head.writeUInt32LE(isShorter ? packed.length : block.length + AS_IT_IS);
    parts.push(head, isShorter ? packed : block);
  }
  return Buffer.concat([...parts, END]);
}

/** https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md */
function packBlock(block: Buffer): Buffer {
  const out = Buffer.alloc(32 + block.length + Math.ceil(block.length / 255));
  let end = 0;
  const rest = (length: number): void => {
    if (length < 15) return;
    let left = length - 15;
    for (; left >= 255; left -= 255) out[end++] = 255;
    out[end++] = left;
  };
  const literals = (from: number, to: number, copied: number): void => {
    const count = to - from;
    out[end++] = (Math.min(count, 15) << 4) | Math.min(copied, 15);
    rest(count);
    block.copy(out, end, from, to);
    end += count;
  };
  const last = findRepetitions(block, (from, at, offset, length) => {
    literals(from, at, length - 4);
    end = out.writeUInt16LE(offset, end);
    rest(length - 4);
  });
  literals(last, block.length, 0);
  return out.subarray(0, end);
}
