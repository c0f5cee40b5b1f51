import { nextTurn, SLICE, tooLarge } from './unpack-limit.js';

/** snappy-java's framing, which Java's producer writes: this header, two version numbers, then blocks with their length. */
export const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]);
const XERIAL_HEADER = 16;

/**
 * Unpacks Snappy, raw or as snappy-java frames it. Written here because the length of the result has to be bounded
 * before it is made, and because it is this short.
 * @throws GridwireError `BODY_TOO_LARGE`; RangeError for bytes that are not Snappy
 */
export async function unpackSnappy(packed: Buffer, limit: number): Promise<Buffer> {
  if (!packed.subarray(0, XERIAL.length).equals(XERIAL)) return unpackBlock(packed, limit);
  const blocks: Buffer[] = [];
  let left = limit;
  let sliced = 0;
  for (let at = XERIAL_HEADER; at < packed.length;) {
    const length = packed.readInt32BE(at);
    if (length <= 0 || at + 4 + length > packed.length) throw damaged();
    const block = await unpackBlock(packed.subarray(at + 4, at + 4 + length), left);
    left -= block.length;
    // A block may be empty.
    sliced += block.length + length;
    if (sliced > SLICE) {
      sliced = 0;
      await nextTurn();
    }
    blocks.push(block);
    at += 4 + length;
  }
  return Buffer.concat(blocks);
}

/** https://github.com/google/snappy/blob/main/format_description.txt */
async function unpackBlock(packed: Buffer, limit: number): Promise<Buffer> {
  let at = 0;
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = packed.readUInt8(at);
    at += 1;
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
    if (shift > 28) throw damaged();
  }
  if (length > limit) throw tooLarge(limit);
  // No element makes more than 64 bytes of two: a length beyond that is a lie, not a reason to take memory.
  if (length > packed.length * 64) throw damaged();
  const out = Buffer.alloc(length);
  let end = 0;
  let sliced = 0;
  while (at < packed.length) {
    if (end - sliced > SLICE) {
      sliced = end;
      await nextTurn();
    }
    const tag = packed.readUInt8(at);
    at += 1;
    const kind = tag & 3;
    if (kind === 0) {
      let size = (tag >> 2) + 1;
      if (size > 60) {
        const bytes = size - 60;
        size = packed.readUIntLE(at, bytes) + 1;
        at += bytes;
      }
      if (at + size > packed.length || end + size > length) throw damaged();
      packed.copy(out, end, at, at + size);
      at += size;
      end += size;
      continue;
    }
    const bytes = kind === 1 ? 1 : kind === 2 ? 2 : 4;
    const size = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const low = packed.readUIntLE(at, bytes);
    const offset = kind === 1 ? low + (tag >> 5) * 256 : low;
    at += bytes;
    end = copyBack(out, end, offset, size);
  }
  if (end !== length) throw damaged();
  return out;
}

/** Copies from what was written before; source and target may overlap, which is how runs are written. */
export function copyBack(out: Buffer, end: number, offset: number, size: number): number {
  if (offset === 0 || offset > end || end + size > out.length) throw damaged();
  for (let index = 0; index < size; index += 1) out[end + index] = out[end - offset + index] as number;
  return end + size;
}

function damaged(): RangeError {
  return new RangeError('the packed bytes are damaged');
}
