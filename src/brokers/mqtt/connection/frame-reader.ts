import { GridwireError } from '../../../errors.js';

/** One MQTT control packet as it came: its first byte, and where it lies among what was read, header included. */
export class Frame {
  /**
   * @param first the first byte
   * @param source what the packet was read with; nothing of it is to be kept without being copied
   * @param at where the packet begins in `source`
   * @param end where it ends there
   * @param start where its variable header starts, counted from its beginning
   * @param size how long the packet is; `source` has less of one that is longer than allowed
   */
  constructor(
    private readonly first: number,
    readonly source: Buffer,
    readonly at: number,
    readonly end: number,
    readonly start: number,
    readonly size: number,
  ) {}

  /** Packet type, the upper half of the first byte. */
  get type(): number {
    return this.first >> 4;
  }

  /** The lower half of the first byte. */
  get flags(): number {
    return this.first & 0x0f;
  }

  /** The whole packet. */
  get bytes(): Buffer {
    return this.source.subarray(this.at, this.end);
  }

  /** A byte of what follows the fixed header; undefined where the packet has ended. */
  byte(index: number): number | undefined {
    const place = this.at + this.start + index;
    return place < this.end ? this.source[place] : undefined;
  }

  /** @throws RangeError where the packet ends before */
  uint16(): number {
    const [high, low] = [this.byte(0), this.byte(1)];
    if (high === undefined || low === undefined) throw new RangeError('The packet has no packet id.');
    return high * 256 + low;
  }
}

/** Of a packet that is too long: enough for the longest topic and what stands before it. */
const HEAD = 66_000;

export const CONNACK = 2;
export const PUBLISH = 3;
export const PUBACK = 4;
export const PUBREC = 5;
export const PUBREL = 6;
export const PUBCOMP = 7;
export const SUBACK = 9;
export const UNSUBACK = 11;
export const PINGREQ = 12;
export const PINGRESP = 13;
export const DISCONNECT = 14;

/**
 * Cuts a byte stream into MQTT packets. Chunks are joined once per packet, so large ones cost no more than small. Of a
 * packet that is longer than allowed only the beginning is kept; the rest is passed over as it comes.
 */
export class FrameReader {
  #chunks: Buffer[] = [];
  /** Bytes of the first chunk that are read. */
  #at = 0;
  #buffered = 0;
  #needed = 2;
  /** Bytes to come that nobody wants. */
  #skip = 0;

  /** @param limit longest packet that is kept whole, bytes */
  constructor(private readonly limit = Infinity) {}

  push(chunk: Buffer): void {
    const skipped = Math.min(this.#skip, chunk.length);
    this.#skip -= skipped;
    if (skipped === chunk.length) return;
    this.#chunks.push(skipped === 0 ? chunk : chunk.subarray(skipped));
    this.#buffered += chunk.length - skipped;
  }

  /**
   * The next complete packet, if there is one.
   * @throws GridwireError `BROKER_PROTOCOL` when the length field is not valid MQTT
   */
  next(): Frame | undefined {
    for (;;) {
      if (this.#buffered < this.#needed) return undefined;
      const buffer = this.#joined();
      const at = this.#at;
      const header = readLength(buffer, at);
      if (header === undefined) {
        this.#needed = this.#buffered + 1;
        return undefined;
      }
      const { start } = header;
      const size = start + header.length;
      const kept = size > this.limit ? Math.min(size, HEAD) : size;
      if (this.#buffered < kept) {
        this.#needed = kept;
        continue;
      }
      this.#pass(buffer, size);
      const first = buffer[at] ?? 0;
      return new Frame(first, buffer, at, at + kept, start, size);
    }
  }

  #pass(buffer: Buffer, size: number): void {
    const used = Math.min(size, this.#buffered);
    this.#skip = size - used;
    this.#buffered -= used;
    this.#at += used;
    this.#needed = 2;
    if (this.#at < buffer.length) return;
    this.#chunks = [];
    this.#at = 0;
  }

  /** All that is not read yet, from `#at` on. */
  #joined(): Buffer {
    const [first] = this.#chunks;
    if (first !== undefined && this.#chunks.length === 1) return first;
    if (first !== undefined) this.#chunks[0] = first.subarray(this.#at);
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [all];
    this.#at = 0;
    return all;
  }
}

/** The remaining length of MQTT 2.2.3 of the packet at a place: seven bits a byte, at most four bytes. */
function readLength(buffer: Buffer, at: number): { length: number; start: number } | undefined {
  let length = 0;
  for (let index = 1; index <= 4; index += 1) {
    const byte = buffer[at + index];
    if (byte === undefined) return undefined;
    length += (byte & 0x7f) * 128 ** (index - 1);
    if (byte < 0x80) return { length, start: index + 1 };
  }
  throw new GridwireError('BROKER_PROTOCOL', 'The broker sent bytes that are not MQTT (packet length).');
}
