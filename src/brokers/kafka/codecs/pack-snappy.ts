import { BLOCK_BYTES, findRepetitions } from './repetitions.js';
import { XERIAL } from './snappy.js';

/** Version and oldest version that reads it, as snappy-java writes them. */
const VERSIONS = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1]);

/** More than this a copy of two bytes' offset does not say. */
const LONGEST_COPY = 64;

/** Packs with Snappy, framed as snappy-java does: every client of Kafka reads that. */
export function packSnappy(bytes: Buffer): Buffer {
  const parts: Buffer[] = [XERIAL, VERSIONS];
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    const block = packBlock(bytes.subarray(at, at + BLOCK_BYTES));
    const head = Buffer.alloc(4);
    head.writeInt32BE(block.length);
    parts.push(head, block);
  }
  return Buffer.concat(parts);
}

/** https://github.com/google/snappy/blob/main/format_description.txt */
function packBlock(block: Buffer): Buffer {
  const out = Buffer.alloc(mostBytes(block.length));
  let end = writeLength(out, block.length);
  const literals = (from: number, to: number): void => {
    if (from === to) return;
    const rest = to - from - 1;
    if (rest < 60) out[end++] = rest << 2;
    else {
      const size = rest < 256 ? 1 : 2;
      out[end++] = (59 + size) << 2;
      out.writeUIntLE(rest, end, size);
      end += size;
    }
    block.copy(out, end, from, to);
    end += to - from;
  };
  const last = findRepetitions(block, (from, at, offset, length) => {
    literals(from, at);
    for (let left = length; left > 0; left -= LONGEST_COPY) {
      out[end++] = ((Math.min(left, LONGEST_COPY) - 1) << 2) | 2;
      end = out.writeUInt16LE(offset, end);
    }
  });
  literals(last, block.length);
  return out.subarray(0, end);
}

function writeLength(out: Buffer, length: number): number {
  let end = 0;
  let rest = length;
  for (; rest > 0x7f; rest >>>= 7) out[end++] = (rest & 0x7f) | 0x80;
  out[end] = rest;
  return end + 1;
}

/** A copy of three bytes stands for four at least, and a stretch of literals has three more than it says. */
function mostBytes(length: number): number {
  return 32 + length + Math.ceil(length / 6);
}
