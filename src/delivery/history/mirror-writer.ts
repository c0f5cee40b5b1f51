import { setTimeout as delay } from 'node:timers/promises';
import { type Clock, systemClock } from '../../clock.js';
import { GridwireError, isTransient, toGridwireError } from '../../errors.js';
import type { MirrorEntry, MirrorStore } from '../../store/mirror-store.js';
import { messageBytes, type WireMessage } from '../../event.js';

export interface MirrorWriterOptions {
  /** Most events of one batch. */
  size: number;
  /** How long an event may wait for others to share its batch, milliseconds; 0 waits for none. */
  linger: number;
  /** Most events that may wait, also while the store is away, and most bytes of them; more are refused. */
  waiting: number;
  waitingBytes: number;
}

export const DEFAULT_MIRROR_WRITER: MirrorWriterOptions = {
  size: 500,
  linger: 20,
  waiting: 10_000,
  waitingBytes: 64 * 1024 * 1024,
};

const BACKOFF = { first: 250, longest: 10_000 };
const CLOSE_PATIENCE = 5_000;

interface Waiting {
  entry: MirrorEntry;
  bytes: number;
  /** When it was accepted, by the clock that does not jump. */
  since: number;
  isErased?: boolean;
  resolve: () => void;
  reject: (error: GridwireError) => void;
}

/**
 * Writes events to the mirror in batches and in order. While the store is away they wait here, within bounds, and are
 * written when it is back; what is refused is refused at once and to whoever wrote it.
 */
export class MirrorWriter {
  private waiting: Waiting[] = [];
  private bytes = 0;
  private running: Promise<void> | undefined;
  private readonly stop = new AbortController();
  private full: () => void = () => undefined;
  private fault: GridwireError | undefined;

  /**
   * @param mirror gives the mirror, or throws a transient error while it cannot be had
   * @param onChange called when events begin or cease to wait for an absent store
   */
  constructor(
    private readonly mirror: () => Promise<MirrorStore>,
    private readonly options: MirrorWriterOptions = DEFAULT_MIRROR_WRITER,
    private readonly onChange: () => void = () => undefined,
    private readonly clock: Clock = systemClock,
  ) {}

  /** Events that were accepted and are not yet committed. */
  get size(): number {
    return this.waiting.length;
  }

  /** How long the oldest of them has waited, milliseconds. */
  get delay(): number {
    const [oldest] = this.waiting;
    return oldest === undefined ? 0 : this.clock.now() - oldest.since;
  }

  /** Why events wait; undefined while they are being written. */
  get error(): GridwireError | undefined {
    return this.fault;
  }

  /**
   * Resolves after the event's commit.
   * @throws GridwireError `STORE_FULL` when too many wait already, `STORE_UNAVAILABLE` when closed before the commit,
   *   or the store's refusal of this event
   */
  write(entry: MirrorEntry): Promise<void> {
    if (this.stop.signal.aborted) return Promise.reject(closedError());
    const bytes = messageBytes(entry.message);
    if (this.isFull(bytes)) {
      const reason = this.fault ? ` ${this.fault.message}` : '';
      const text = `${this.waiting.length} events (${this.bytes} bytes) wait to be mirrored, which is the limit.${reason}`;
      return Promise.reject(new GridwireError('STORE_FULL', text));
    }
    const recorded = { ...entry, recordedAt: entry.recordedAt ?? this.clock.wall() };
    return new Promise((resolve, reject) => {
      this.waiting.push({ entry: recorded, bytes, since: this.clock.now(), resolve, reject });
      this.bytes += bytes;
      if (this.waiting.length >= this.options.size) this.full();
      this.running ??= this.run();
    });
  }

  /** Writes down nothing more that names a subject, and tells its senders. @returns how many events */
  erase(names: (message: WireMessage) => boolean): number {
    const found = this.waiting.filter(({ entry, isErased }) => isErased !== true && names(entry.message));
    for (const each of found) {
      each.isErased = true;
      each.reject(erasedError(each.entry.message.topic));
    }
    return found.length;
  }

  /**
   * Writes what can be written at once; what cannot is refused with `STORE_UNAVAILABLE`.
   * @param patience how long the store may take over what it has been given, milliseconds
   */
  async close(patience = CLOSE_PATIENCE): Promise<void> {
    this.stop.abort();
    this.full();
    const spent = new AbortController();
    await Promise.race([
      this.running,
      delay(patience, undefined, { signal: spent.signal, ref: false }).catch(() => undefined),
    ]);
    spent.abort();
    for (const { reject } of this.waiting.splice(0)) reject(this.fault ?? closedError());
  }

  /** One event is always taken, however large. */
  private isFull(bytes: number): boolean {
    const { waiting, waitingBytes } = this.options;
    return this.waiting.length >= waiting || (this.bytes > 0 && this.bytes + bytes > waitingBytes);
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      if (this.waiting.length < this.options.size) await this.lingered();
      const batch = this.waiting.slice(0, this.options.size);
      const refusals = await this.commit(batch);
      if (refusals === undefined) break;
      this.waiting.splice(0, batch.length);
      for (const { bytes } of batch) this.bytes -= bytes;
      for (const waiting of batch) settle(waiting, refusals.get(waiting));
    }
    this.running = undefined;
  }

  /** @returns the refused events with their errors; undefined when the writer was closed before the store took any */
  private async commit(batch: readonly Waiting[]): Promise<Map<Waiting, GridwireError> | undefined> {
    const refusal = await this.persistently(batch);
    if (refusal === 'closed') return undefined;
    const refusals = new Map<Waiting, GridwireError>();
    if (refusal === undefined) return refusals;
    // One event of the batch was refused: the others are not to suffer for it.
    for (const waiting of batch) {
      const own = batch.length === 1 ? refusal : await this.persistently([waiting]);
      if (own !== undefined) refusals.set(waiting, own === 'closed' ? (this.fault ?? closedError()) : own);
    }
    return refusals;
  }

  /**
   * Hands events over until the store takes or refuses them; while it is away they wait.
   * @returns the refusal; `closed` when the writer was closed meanwhile
   */
  private async persistently(batch: readonly Waiting[]): Promise<GridwireError | 'closed' | undefined> {
    for (let wait = BACKOFF.first; ; wait = Math.min(wait * 2, BACKOFF.longest)) {
      try {
        const mirror = await this.mirror();
        // Asked again at each attempt: a subject may be erased while a batch waits for the store.
        const left = batch.filter(({ isErased }) => isErased !== true);
        if (left.length > 0) await mirror.append(left.map(({ entry }) => entry));
        this.became(undefined);
        return undefined;
      } catch (thrown) {
        const error = toGridwireError(thrown);
        if (!isTransient(error)) return error;
        this.became(error);
        if (this.stop.signal.aborted) return 'closed';
        await this.sleep(wait);
      }
    }
  }

  private async lingered(): Promise<void> {
    if (this.options.linger === 0 || this.stop.signal.aborted) return;
    await Promise.race([
      this.sleep(this.options.linger),
      new Promise<void>((resolve) => (this.full = resolve)),
    ]);
  }

  private async sleep(milliseconds: number): Promise<void> {
    await delay(milliseconds, undefined, { signal: this.stop.signal }).catch(() => undefined);
  }

  private became(fault: GridwireError | undefined): void {
    if (this.fault?.code === fault?.code) return;
    this.fault = fault;
    this.onChange();
  }
}

function closedError(): GridwireError {
  return new GridwireError('STORE_UNAVAILABLE', 'The mirror was closed before the event was kept.');
}

function erasedError(topic: string): GridwireError {
  return new GridwireError('OUTBOX_DROPPED', `The event for ${topic} was erased before it was mirrored.`);
}

function settle({ resolve, reject }: Waiting, refusal: GridwireError | undefined): void {
  if (refusal === undefined) resolve();
  else reject(refusal);
}
