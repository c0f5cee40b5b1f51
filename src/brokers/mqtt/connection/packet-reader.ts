import { isUtf8 } from 'node:buffer';
import { ownBytes } from '../../../bytes.js';

const REPLACEMENT = '\ufffd';

/** Reads the fields of one packet, and nothing beyond its end: what would reach further throws. */
export class PacketReader {
  /** @param end where the packet ends in `bytes` */
  constructor(
    private readonly bytes: Buffer,
    public offset: number,
    private readonly end = bytes.length,
  ) {}

  uint8(): number {
    this.skip(1);
    return this.bytes.readUInt8(this.offset - 1);
  }

  uint16(): number {
    this.skip(2);
    return this.bytes.readUInt16BE(this.offset - 2);
  }

  uint32(): number {
    this.skip(4);
    return this.bytes.readUInt32BE(this.offset - 4);
  }

  varint(): number {
    let value = 0;
    for (let position = 0; position < 4; position += 1) {
      const byte = this.uint8();
      value += (byte & 0x7f) * 128 ** position;
      if (byte < 0x80) return value;
    }
    throw new Error('a variable byte integer is longer than four bytes');
  }

  /** Not every broker sees to it that a text is one. */
  textOrBytes(): string | Buffer {
    const length = this.uint16();
    this.skip(length);
    const text = this.bytes.toString('utf8', this.offset - length, this.offset);
    if (!text.includes(REPLACEMENT)) return text;
    // Written so, or put in the place of what cannot be read.
    const bytes = this.bytes.subarray(this.offset - length, this.offset);
    return isUtf8(bytes) ? text : ownBytes(bytes);
  }

  /** A copy: what is kept must not hold the read buffer. */
  binary(): Buffer {
    const length = this.uint16();
    this.skip(length);
    return ownBytes(this.bytes.subarray(this.offset - length, this.offset));
  }

  skip(length: number): void {
    this.offset += length;
    if (this.offset > this.end) throw new Error('a field is longer than its packet');
  }

  rest(): Buffer {
    return this.bytes.subarray(this.offset, this.end);
  }
}
