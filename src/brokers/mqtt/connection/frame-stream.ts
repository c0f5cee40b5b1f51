import { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { errorText, GridwireError } from '../../../errors.js';
import { FrameReader, type Frame } from './frame-reader.js';
import { PacketBatch } from './packet-batch.js';

/**
 * Stands between a socket and mqtt.js, and lets a subclass see, change or take out what the broker sends, and write packets
 * of its own.
 */
export abstract class FrameStream extends Duplex {
  readonly #frames: FrameReader;
  /** What the subclass writes; it leaves before what mqtt.js writes after it. */
  protected readonly batch: PacketBatch;
  #held = false;
  #discards = false;
  #bytesRead = 0;

  /** @param limit longest packet that is kept whole, bytes */
  constructor(
    protected readonly socket: Duplex,
    limit = Infinity,
  ) {
    super();
    this.#frames = new FrameReader(limit);
    this.batch = new PacketBatch((bytes, written) => {
      if (this.destroyed || socket.writableEnded) written();
      else socket.write(bytes, written);
    });
    socket.on('data', (chunk: Buffer) => {
      this.#bytesRead += chunk.length;
      this.#frames.push(chunk);
      this.#inspectAll();
    });
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  /** @returns what mqtt.js is to get instead of the frame; undefined: nothing */
  protected abstract inspect(frame: Frame): Buffer | undefined;

  /** Sees what mqtt.js sends, one chunk of a packet at a time. */
  protected sending?(chunk: Buffer): void;

  /** Ends the connection at once, and with it what the system has not sent yet: left alone, it would try on for minutes. */
  abort(error: Error): void {
    this.#discards = true;
    this.destroy(error);
  }

  /** The socket has more to send than it should; see `onceDrained`. */
  get needsDrain(): boolean {
    return this.socket.writableNeedDrain;
  }

  /** What has come from the broker, of whatever kind. */
  get bytesRead(): number {
    return this.#bytesRead;
  }

  /**
   * What the socket has not let go yet; it gets less while the other side takes anything. Node says so of a socket's handle
   * only, by which its own time limit knows that a long write goes on. Undefined where it cannot be known (WebSockets).
   */
  get bytesQueued(): number | undefined {
    const { _handle: handle } = this.socket as { _handle?: { writeQueueSize?: unknown } | null };
    const size = handle?.writeQueueSize;
    return typeof size === 'number' ? this.socket.writableLength + size : undefined;
  }

  onceDrained(act: () => void): void {
    this.socket.once('drain', act);
  }

  get isHeld(): boolean {
    return this.#held;
  }

  /** Reads nothing more, to the byte: what is read already waits here, what is not waits in the network. */
  hold(): void {
    this.#held = true;
    this.socket.pause();
  }

  release(): void {
    if (!this.#held || this.writableEnded) return;
    this.#held = false;
    // Not from within the settlement that made room: it may be one of many in a loop of the caller.
    setImmediate(() => {
      this.#inspectAll();
      // What waits here fills the room first. Reading on before it has would pile up all that a fast broker sends.
      if (!this.#held) this.socket.resume();
    });
  }

  /** mqtt.js reads from here, and may throw at what a broker sends: that ends the connection, and not the process. */
  override pipe<Destination extends NodeJS.WritableStream>(
    destination: Destination,
    options?: { end?: boolean },
  ): Destination {
    const write: (chunk: string | Uint8Array) => boolean = destination.write.bind(destination);
    destination.write = (chunk: string | Uint8Array): boolean => {
      try {
        return write(chunk);
      } catch (cause) {
        this.destroy(unreadable(cause));
        return false;
      }
    };
    return super.pipe(destination, options);
  }

  override _read(): void {
    // What mqtt.js gets is small and rare; holding the socket back is `hold`'s work.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.sending?.(chunk);
    this.#pass(chunk, done);
  }

  override _writev(chunks: { chunk: Buffer; encoding: BufferEncoding }[], done: () => void): void {
    for (const { chunk } of chunks) this.sending?.(chunk);
    this.#pass(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  override _final(done: () => void): void {
    this.batch.flush();
    // A paused socket would never see the broker's end of the connection.
    this.#held = true;
    this.socket.resume();
    this.socket.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    // TLS and WebSockets have no such way.
    if (this.#discards && this.socket instanceof Socket && !('encrypted' in this.socket))
      this.socket.resetAndDestroy();
    else this.socket.destroy();
    this.push(null);
    done(error);
  }

  #pass(bytes: Buffer, done: () => void): void {
    this.batch.flush();
    if (this.socket.write(bytes)) done();
    else this.socket.once('drain', done);
  }

  #inspectAll(): void {
    try {
      while (!this.#held && !this.destroyed) {
        const frame = this.#frames.next();
        if (!frame) return;
        const bytes = this.inspect(frame);
        if (bytes) this.push(bytes);
      }
    } catch (error) {
      this.destroy(error as Error);
    }
  }
}

function unreadable(cause: unknown): GridwireError {
  const text = `The broker sent a packet that this client cannot read: ${errorText(cause)}.`;
  return new GridwireError('BROKER_PROTOCOL', text, { cause });
}

/** Of all that a broker sends only messages can be long; another packet of that size is an attack or nonsense. */
export function tooLong({ type, size }: Frame): GridwireError {
  const text = `The broker sent a packet of type ${type} with ${size} bytes, which none can have.`;
  return new GridwireError('BROKER_PROTOCOL', text, { details: { type, size } });
}
