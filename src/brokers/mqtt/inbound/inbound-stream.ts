import type { Duplex } from 'node:stream';
import {
  CONNACK,
  DISCONNECT,
  PINGREQ,
  PUBLISH,
  PUBREL,
  SUBACK,
  UNSUBACK,
} from '../connection/frame-reader.js';
import { type Frame, PINGRESP as PINGRESP_TYPE } from '../connection/frame-reader.js';
import { FrameStream, tooLong } from '../connection/frame-stream.js';
import { Greeting } from '../connection/greeting.js';
import type { Acknowledgement } from './ledger.js';
import { readPublish, readPublishHead, type PublishPacket } from '../connection/publish-packet.js';

const FIRST_BYTE = { puback: 0x40, pubrec: 0x50, pubcomp: 0x70 } as const;
const PINGRESP = Buffer.from([0xd0, 0]);

export interface InboundFrames {
  /** Told before anything else: whether the broker kept the session. */
  connected(sessionPresent: boolean): void;
  published(packet: PublishPacket): void;
  released(packetId: number): void;
  /** A message longer than allowed, without its body. */
  oversized(packet: PublishPacket, size: number): void;
}

/** What a client that only subscribes has asked for; whatever else a broker sends is passed over. */
const EXPECTED = new Set([CONNACK, SUBACK, UNSUBACK, PINGRESP_TYPE, DISCONNECT]);

/**
 * Takes PUBLISH and PUBREL out of the inbound bytes. mqtt.js handles one message at a time and answers QoS 2 before
 * the application has seen it, so it never learns of them; connecting, subscribing and keepalive stay its work.
 */
export class InboundStream extends FrameStream {
  readonly #greeting: Greeting;

  constructor(
    socket: Duplex,
    private readonly protocolVersion: 4 | 5,
    private readonly limit: number,
    private readonly receiver: InboundFrames,
  ) {
    super(socket, limit);
    this.#greeting = new Greeting(protocolVersion);
  }

  acknowledge({ kind, packetId, reasonCode }: Acknowledgement): void {
    if (this.destroyed || this.writableEnded) return;
    const isLong = this.protocolVersion === 5 && reasonCode !== 0;
    const at = this.batch.take(isLong ? 5 : 4);
    const { bytes } = this.batch;
    bytes[at] = FIRST_BYTE[kind];
    bytes[at + 1] = isLong ? 3 : 2;
    bytes[at + 2] = packetId >> 8;
    bytes[at + 3] = packetId & 0xff;
    if (isLong) bytes[at + 4] = reasonCode;
  }

  protected override inspect(frame: Frame): Buffer | undefined {
    this.#greeting.check(frame);
    if (frame.size > this.limit) {
      if (frame.type !== PUBLISH) throw tooLong(frame);
      this.receiver.oversized(readPublishHead(frame), frame.size);
      return undefined;
    }
    if (frame.type === PUBLISH) {
      this.receiver.published(readPublish(frame, this.protocolVersion));
      return undefined;
    }
    if (frame.type === PUBREL) {
      this.receiver.released(frame.uint16());
      return undefined;
    }
    const accepted = frame.type === CONNACK && frame.byte(1) === 0;
    if (accepted) this.receiver.connected(((frame.byte(0) ?? 0) & 1) === 1);
    return EXPECTED.has(frame.type) ? frame.bytes : undefined;
  }

  /** While nothing is read the broker's PINGRESP cannot be seen, and mqtt.js would call the connection dead. */
  protected override sending(chunk: Buffer): void {
    if (this.isHeld && chunk.length === 2 && chunk[0] === PINGREQ << 4 && chunk[1] === 0) this.push(PINGRESP);
  }
}
