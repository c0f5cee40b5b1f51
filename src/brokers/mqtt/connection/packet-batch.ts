/** Bytes of packets that are gathered before they leave, at most. */
const CHUNK = 32_768;
/** Chunks that are kept to be used again; more are needed only while a socket is slow. */
const KEPT = 4;
const NONE: Buffer = Buffer.alloc(0);

/** Where the bytes go. @param written to be called when the memory may be used again */
export type WriteBytes = (bytes: Buffer, written: () => void) => void;

/**
 * Gathers the packets of one turn of the event loop, so that they leave in one system call, which is most of what a small
 * packet costs. Their bytes lie in chunks that are used again once they are written.
 */
export class PacketBatch {
  readonly #free: Buffer[] = [];
  #chunk: Buffer = NONE;
  #used = 0;
  #isScheduled = false;

  constructor(private readonly write: WriteBytes) {}

  /**
   * Takes room for a packet, which is to be filled in at once.
   * @returns where it begins in `bytes`
   */
  take(size: number): number {
    if (this.#used + size > this.#chunk.length) {
      this.flush();
      this.#chunk =
        size > CHUNK ? Buffer.allocUnsafeSlow(size) : (this.#free.pop() ?? Buffer.allocUnsafeSlow(CHUNK));
    }
    const at = this.#used;
    this.#used += size;
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      setImmediate(this.#atEndOfTurn);
    }
    return at;
  }

  /** The memory in which the packet lies that room was taken for last. */
  get bytes(): Buffer {
    return this.#chunk;
  }

  /** Lets go what has no room for more: to wait with it would save no call, and hide from the socket how much there is. */
  flushFull(): void {
    if (this.#used === this.#chunk.length) this.flush();
  }

  /** Lets go what was gathered. */
  flush(): void {
    if (this.#used === 0) return;
    const chunk = this.#chunk;
    const bytes = chunk.subarray(0, this.#used);
    this.#chunk = NONE;
    this.#used = 0;
    this.write(bytes, () => {
      if (chunk.length === CHUNK && this.#free.length < KEPT) this.#free.push(chunk);
    });
  }

  readonly #atEndOfTurn = (): void => {
    this.#isScheduled = false;
    this.flush();
  };
}
