import { nextTurn, SLICE, tooLarge } from './unpack-limit.js';

const MAGIC = 0x184d2204;
const BLOCK_SIZES: Record<number, number> = { 4: 1 << 16, 5: 1 << 18, 6: 1 << 20, 7: 1 << 22 };

/**
 * Unpacks LZ4 frames, as Kafka writes them. Checksums are not looked at: Kafka's own covers the whole batch. Written
 * here because the result has to be bounded while it is made.
 * @throws GridwireError `BODY_TOO_LARGE`; RangeError for bytes that are not LZ4
 */
export async function unpackLz4(packed: Buffer, limit: number): Promise<Buffer> {
  if (packed.readUInt32LE(0) !== MAGIC) throw damaged();
  const flags = packed.readUInt8(4);
  const blockSize = BLOCK_SIZES[(packed.readUInt8(5) >> 4) & 7];
  if (flags >> 6 !== 1 || blockSize === undefined) throw damaged();
  const hasBlockChecksum = (flags & 0x10) !== 0;
  // Descriptor: flags, block size, then content size and dictionary id where they are given, then its checksum.
  let at = 6 + ((flags & 0x08) === 0 ? 0 : 8) + ((flags & 0x01) === 0 ? 0 : 4) + 1;
  // Blocks may refer to those before them, so all are written into one stretch of memory, which grows as it fills.
  let out: Buffer = Buffer.alloc(Math.min(limit, Math.max(blockSize, packed.length * 2)));
  let end = 0;
  let sliced = 0;
  for (;;) {
    if (end - sliced > SLICE) {
      sliced = end;
      await nextTurn();
    }
    const head = packed.readUInt32LE(at);
    at += 4;
    if (head === 0) return out.subarray(0, end);
    const size = head & 0x7fffffff;
    if (size > blockSize || at + size > packed.length) throw damaged();
    const block = packed.subarray(at, at + size);
    const most = Math.min(limit, end + blockSize);
    if (out.length < most) out = grown(out, end, Math.min(limit, Math.max(most, out.length * 2)));
    const room = out.subarray(0, most);
    end = head >>> 31 === 1 ? stored(block, room, end, limit) : unpackBlock(block, room, end, limit);
    at += size + (hasBlockChecksum ? 4 : 0);
  }
}

function stored(block: Buffer, room: Buffer, end: number, limit: number): number {
  if (end + block.length > room.length) throw overrun(room, limit);
  block.copy(room, end);
  return end + block.length;
}

/** https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md */
function unpackBlock(block: Buffer, room: Buffer, start: number, limit: number): number {
  let at = 0;
  let end = start;
  const longer = (length: number): number => {
    if (length !== 15) return length;
    let total = length;
    for (let byte = 255; byte === 255; at += 1) {
      byte = block.readUInt8(at);
      total += byte;
    }
    return total;
  };
  for (;;) {
    const token = block.readUInt8(at);
    at += 1;
    const literals = longer(token >> 4);
    if (at + literals > block.length) throw damaged();
    if (end + literals > room.length) throw overrun(room, limit);
    block.copy(room, end, at, at + literals);
    at += literals;
    end += literals;
    if (at === block.length) return end;
    const offset = block.readUInt16LE(at);
    at += 2;
    const size = longer(token & 15) + 4;
    if (offset === 0 || offset > end) throw damaged();
    if (end + size > room.length) throw overrun(room, limit);
    for (let index = 0; index < size; index += 1) room[end + index] = room[end - offset + index] as number;
    end += size;
  }
}

function grown(out: Buffer, end: number, size: number): Buffer {
  const larger = Buffer.alloc(size);
  out.copy(larger, 0, 0, end);
  return larger;
}

function overrun(room: Buffer, limit: number): Error {
  return room.length >= limit ? tooLarge(limit) : damaged();
}

function damaged(): RangeError {
  return new RangeError('the packed bytes are damaged');
}
