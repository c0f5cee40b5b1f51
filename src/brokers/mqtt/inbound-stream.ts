import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { Acknowledgement } from './ledger.js';
import { CONNACK, FrameReader, PINGREQ, PUBLISH, PUBREL, type Frame } from './frame-reader.js';
import { readPublish, type PublishPacket } from './publish-packet.js';

const FIRST_BYTE = { puback: 0x40, pubrec: 0x50, pubcomp: 0x70 } as const;
const PINGRESP = Buffer.from([0xd0, 0]);

export interface InboundFrames {
  /** Told before anything else: whether the broker kept the session. */
  connected(sessionPresent: boolean): void;
  published(packet: PublishPacket): void;
  released(packetId: number): void;
}

/**
 * Stands between the socket and mqtt.js and takes PUBLISH and PUBREL out of the inbound bytes. mqtt.js handles one
 * message at a time and answers QoS 2 before the application has seen it, so it never learns of them; connecting,
 * subscribing and keepalive stay its work.
 */
export class InboundStream extends Duplex {
  readonly #frames = new FrameReader();
  #paused = false;

  constructor(
    private readonly socket: Socket,
    private readonly protocolVersion: 4 | 5,
    private readonly receiver: InboundFrames,
  ) {
    super();
    socket.on('data', (chunk: Buffer) => {
      this.#frames.push(chunk);
      this.#read();
    });
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  /** Reads nothing more, to the byte: what is read already waits here, what is not waits in the network. */
  hold(): void {
    this.#paused = true;
    this.socket.pause();
  }

  release(): void {
    if (!this.#paused || this.writableEnded) return;
    this.#paused = false;
    this.socket.resume();
    // Not from within the settlement that made room: it may be one of many in a loop of the caller.
    setImmediate(() => this.#read());
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

  override _read(): void {
    // What mqtt.js gets is small and rare; holding the socket back is `hold`'s work.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    // While nothing is read the broker's PINGRESP cannot be seen, and mqtt.js would call the connection dead.
    if (this.#paused && isPing(chunk)) this.push(PINGRESP);
    this.socket.write(chunk, done);
  }

  override _writev(
    chunks: { chunk: Buffer; encoding: BufferEncoding }[],
    done: (error?: Error | null) => void,
  ): void {
    if (this.#paused && chunks.some(({ chunk }) => isPing(chunk))) this.push(PINGRESP);
    this.socket.write(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    // A paused socket would never see the broker's end of the connection.
    this.#paused = true;
    this.socket.resume();
    this.socket.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.socket.destroy();
    this.push(null);
    done(error);
  }

  #read(): void {
    try {
      while (!this.#paused && !this.destroyed) {
        const frame = this.#frames.next();
        if (!frame) return;
        this.#dispatch(frame);
      }
    } catch (error) {
      this.destroy(error as Error);
    }
  }

  #dispatch(frame: Frame): void {
    if (frame.type === PUBLISH) {
      this.receiver.published(readPublish(frame, this.protocolVersion));
    } else if (frame.type === PUBREL) {
      this.receiver.released(frame.bytes.readUInt16BE(frame.start));
    } else {
      const accepted = frame.type === CONNACK && frame.bytes[frame.start + 1] === 0;
      if (accepted) this.receiver.connected(((frame.bytes[frame.start] ?? 0) & 1) === 1);
      this.push(frame.bytes);
    }
  }
}

function isPing(chunk: Buffer): boolean {
  return chunk.length === 2 && chunk[0] === PINGREQ << 4 && chunk[1] === 0;
}

function bytesOf({ kind, packetId, reasonCode }: Acknowledgement, protocolVersion: 4 | 5): Buffer {
  const first = FIRST_BYTE[kind];
  const high = packetId >> 8;
  const low = packetId & 0xff;
  if (protocolVersion === 4 || reasonCode === 0) return Buffer.from([first, 2, high, low]);
  return Buffer.from([first, 3, high, low, reasonCode]);
}
