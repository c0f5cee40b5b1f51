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

  /** Acknowledgements of one turn leave in one write. */
  acknowledge(acknowledgement: Acknowledgement): void {
    if (this.destroyed || this.writableEnded) return;
    if (this.writableCorked === 0) {
      this.cork();
      process.nextTick(() => this.uncork());
    }
    this.write(bytesOf(acknowledgement, this.protocolVersion));
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
      this.receiver.released(frame.bytes.readUInt16BE(frame.start));
      return undefined;
    }
    const accepted = frame.type === CONNACK && frame.bytes[frame.start + 1] === 0;
    if (accepted) this.receiver.connected(((frame.bytes[frame.start] ?? 0) & 1) === 1);
    return EXPECTED.has(frame.type) ? frame.bytes : undefined;
  }

  /** While nothing is read the broker's PINGRESP cannot be seen, and mqtt.js would call the connection dead. */
  protected override sending(chunk: Buffer): void {
    if (this.isHeld && chunk.length === 2 && chunk[0] === PINGREQ << 4 && chunk[1] === 0) this.push(PINGRESP);
  }
}

function bytesOf({ kind, packetId, reasonCode }: Acknowledgement, protocolVersion: 4 | 5): Buffer {
  const first = FIRST_BYTE[kind];
  const high = packetId >> 8;
  const low = packetId & 0xff;
  if (protocolVersion === 4 || reasonCode === 0) return Buffer.from([first, 2, high, low]);
  return Buffer.from([first, 3, high, low, reasonCode]);
}
