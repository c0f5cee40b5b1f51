import type { Duplex } from 'node:stream';
import type { WireMessage } from '../../../event.js';
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
import { publishProperties } from './publish-properties.js';
import { writePublish, writePubrel } from './write-publish.js';

/** From here on a reason code is a refusal (MQTT 5, 2.4). */
const UNSPECIFIED = 0x80;
/** What mqtt.js of a client that only publishes has asked for. It ends the process at some of the others. */
const EXPECTED = new Set([CONNACK, SUBACK, UNSUBACK, PINGRESP, DISCONNECT]);
/** Longest packet that such a client gets: what a broker tells of itself. */
const LONGEST = 65_536;

/** @param refusal the broker's reason code; undefined: it has taken the message */
export type Answered = (packetId: number, refusal: number | undefined) => void;

/** The only messages on this connection: of QoS 0, on the broker's own topics. */
function isAskedFor({ flags, bytes, start, size }: Frame): boolean {
  if (size > LONGEST || (flags & 6) !== 0 || bytes.length < start + 2) return false;
  return bytes.toString('utf8', start + 2, start + 2 + bytes.readUInt16BE(start)).startsWith('$SYS/');
}

/**
 * Writes messages and reads what they are answered by; mqtt.js, which makes five writes and some thirty objects of each,
 * never learns of them. Connecting, subscribing and keepalive stay its work, and it gets only what it has asked for.
 */
export class OutboundStream extends FrameStream {
  readonly #greeting: Greeting;
  /** Packet ids of QoS 2, and whether the broker has the message and was told to release it. */
  readonly #twoSteps = new Map<number, 'sent' | 'released'>();
  #answered: Answered = () => undefined;

  constructor(
    socket: Duplex,
    private readonly protocolVersion: 4 | 5,
  ) {
    super(socket, LONGEST);
    this.#greeting = new Greeting(protocolVersion);
  }

  /** Whoever sends; what comes without one is passed over. */
  onAnswered(answered: Answered): void {
    this.#answered = answered;
  }

  /**
   * Writes a message.
   * @param packetId one that is not under way, for QoS 1 and 2
   * @throws GridwireError `NOT_SUPPORTED` for what MQTT 5 cannot carry
   * @throws RangeError for what is longer than a packet can be
   */
  send(message: WireMessage, packetId: number): void {
    const properties = this.protocolVersion === 5 ? publishProperties(message) : undefined;
    writePublish(this.batch, message, packetId, properties);
    this.batch.flushFull();
    if (message.qos === 2) this.#twoSteps.set(packetId, 'sent');
  }

  protected override inspect(frame: Frame): Buffer | undefined {
    this.#greeting.check(frame);
    if (frame.type === PUBACK || frame.type === PUBREC || frame.type === PUBCOMP) {
      if (frame.size > LONGEST) throw tooLong(frame);
      this.#acknowledged(frame);
      return undefined;
    }
    if (frame.type === PUBLISH) return isAskedFor(frame) ? frame.bytes : undefined;
    if (!EXPECTED.has(frame.type)) return undefined;
    if (frame.size > LONGEST) throw tooLong(frame);
    return frame.bytes;
  }

  /** A broker may name reasons that the standard does not: Mosquitto answers what is too large for it with 0x95. */
  #acknowledged(frame: Frame): void {
    const { type } = frame;
    const packetId = frame.uint16();
    const code = frame.byte(2) ?? 0;
    const refusal = code < UNSPECIFIED ? undefined : code;
    const step = this.#twoSteps.get(packetId);
    // Only what the message is to be answered by next: answers to a broker that says any other for ever, and reads none of
    // them, would fill the memory, and PUBACK says nothing of QoS 2.
    if (type !== (step === undefined ? PUBACK : step === 'sent' ? PUBREC : PUBCOMP)) return;
    if (type === PUBREC && refusal === undefined) {
      this.#twoSteps.set(packetId, 'released');
      writePubrel(this.batch, packetId);
      return;
    }
    this.#twoSteps.delete(packetId);
    // PUBCOMP ends what PUBREC began, whatever it says: the broker has had the message.
    this.#answered(packetId, type === PUBCOMP ? undefined : refusal);
  }
}
