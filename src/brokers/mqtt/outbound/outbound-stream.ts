import type { Duplex } from 'node:stream';
import {
  CONNACK,
  DISCONNECT,
  PINGRESP,
  PUBACK,
  PUBCOMP,
  PUBLISH,
  PUBREC,
} from '../connection/frame-reader.js';
import { type Frame, SUBACK, UNSUBACK } from '../connection/frame-reader.js';
import { FrameStream, tooLong } from '../connection/frame-stream.js';
import { Greeting } from '../connection/greeting.js';

const UNSPECIFIED = 0x80;

/** The refusals that PUBACK and PUBREC may carry by MQTT 5 (3.4.2.1), and the only ones that mqtt-packet reads. */
const STANDARD = new Set([0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99]);

/** What a client that only publishes has asked for. mqtt.js ends the process at some of the others. */
const EXPECTED = new Set([CONNACK, PUBACK, PUBREC, PUBCOMP, SUBACK, UNSUBACK, PINGRESP, DISCONNECT]);
/** Longest packet that such a client gets: what a broker tells of itself. */
const LONGEST = 65_536;

/** The only messages on this connection: of QoS 0, on the broker's own topics. */
function isAskedFor({ flags, bytes, start, size }: Frame): boolean {
  if (size > LONGEST || (flags & 6) !== 0 || bytes.length < start + 2) return false;
  return bytes.toString('utf8', start + 2, start + 2 + bytes.readUInt16BE(start)).startsWith('$SYS/');
}

/**
 * Passes on only what was asked for, and reads refusals that the standard does not name. Mosquitto answers a message beyond its `message_size_limit` with
 * 0x95; mqtt-packet stops reading the connection at such a code, and the message would be sent again for ever.
 */
export class OutboundStream extends FrameStream {
  readonly #codes = new Map<number, number>();
  readonly #greeting: Greeting;

  /** The reason code that the broker gave for a packet, where it was not a standard one. */
  takeCode(packetId: number): number | undefined {
    const code = this.#codes.get(packetId);
    this.#codes.delete(packetId);
    return code;
  }

  constructor(socket: Duplex, protocolVersion: 4 | 5) {
    super(socket, LONGEST);
    this.#greeting = new Greeting(protocolVersion);
  }

  protected override inspect(frame: Frame): Buffer | undefined {
    this.#greeting.check(frame);
    if (frame.type === PUBLISH) return isAskedFor(frame) ? frame.bytes : undefined;
    if (!EXPECTED.has(frame.type)) return undefined;
    if (frame.size > LONGEST) throw tooLong(frame);
    if (frame.type !== PUBACK && frame.type !== PUBREC) return frame.bytes;
    const code = frame.bytes[frame.start + 2];
    if (code === undefined || code < UNSPECIFIED || STANDARD.has(code)) return frame.bytes;
    this.#codes.set(frame.bytes.readUInt16BE(frame.start), code);
    const bytes = Buffer.from(frame.bytes);
    bytes[frame.start + 2] = UNSPECIFIED;
    return bytes;
  }
}
