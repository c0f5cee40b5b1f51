/** Reads the numbers and stretches of Kafka's record format. What points beyond the end is an error, never a short read. */
export class ByteReader {
  offset = 0;

  constructor(readonly bytes: Buffer) {}

  get left(): number {
    return this.bytes.length - this.offset;
  }

  int8(): number {
    return this.bytes.readInt8(this.#forward(1));
  }

  int16(): number {
    return this.bytes.readInt16BE(this.#forward(2));
  }

  int32(): number {
    return this.bytes.readInt32BE(this.#forward(4));
  }

  int64(): bigint {
    return this.bytes.readBigInt64BE(this.#forward(8));
  }

  /** Zigzag, at most ten bytes; exact up to 2^53, beyond which no offset or time of a record lies. */
  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.bytes.readUInt8(this.#forward(1));
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    throw new RangeError('a number is longer than ten bytes');
  }

  /** With its length before it; null for the length -1. */
  stretch(): Buffer | null {
    const length = this.varint();
    if (length === -1) return null;
    return this.take(length);
  }

  take(length: number): Buffer {
    const from = this.#forward(length);
    return this.bytes.subarray(from, from + length);
  }

  #forward(length: number): number {
    if (length < 0 || length > this.left) throw new RangeError('a length points beyond the end');
    this.offset += length;
    return this.offset - length;
  }
}
