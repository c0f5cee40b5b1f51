import { PUBACK, PUBREC, type Frame } from '../connection/frame-reader.js';
import { FrameStream } from '../connection/frame-stream.js';

const UNSPECIFIED = 0x80;

/** The refusals that PUBACK and PUBREC may carry by MQTT 5 (3.4.2.1), and the only ones that mqtt-packet reads. */
const STANDARD = new Set([0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99]);

/**
 * Reads refusals that the standard does not name. Mosquitto answers a message beyond its `message_size_limit` with
 * 0x95; mqtt-packet stops reading the connection at such a code, and the message would be sent again for ever.
 */
export class OutboundStream extends FrameStream {
  readonly #codes = new Map<number, number>();

  /** The reason code that the broker gave for a packet, where it was not a standard one. */
  takeCode(packetId: number): number | undefined {
    const code = this.#codes.get(packetId);
    this.#codes.delete(packetId);
    return code;
  }

  protected override inspect(frame: Frame): Buffer {
    if (frame.type !== PUBACK && frame.type !== PUBREC) return frame.bytes;
    const code = frame.bytes[frame.start + 2];
    if (code === undefined || code < UNSPECIFIED || STANDARD.has(code)) return frame.bytes;
    this.#codes.set(frame.bytes.readUInt16BE(frame.start), code);
    const bytes = Buffer.from(frame.bytes);
    bytes[frame.start + 2] = UNSPECIFIED;
    return bytes;
  }
}
