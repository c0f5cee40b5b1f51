import { EventEmitter } from 'node:events';
import { type Clock, systemClock } from '../../clock.js';
import { GridwireError, toGridwireError } from '../../errors.js';
import type { EventStore, StoreState, StoreStatus } from '../event-store.js';
import type { RetentionRules } from '../retention.js';
import { RetentionKeeper } from './retention-keeper.js';

/** Shortest wait before a store that could not be opened is tried again, milliseconds. */
const RETRY = 2_000;

/**
 * A store that is opened when it is first needed, and again when that failed: a database that is started after
 * Node-RED, or a file that another process still holds, needs no redeploy.
 */
export class StoreConnection extends EventEmitter<{
  /** Told once for each change of the state or of its reason; `failures` is what went wrong meanwhile. */
  state: [state: StoreState, error?: GridwireError, failures?: number];
  problem: [error: GridwireError];
}> {
  private opening: Promise<EventStore> | undefined;
  private store: EventStore | undefined;
  private keeper: RetentionKeeper | undefined;
  private failure: { at: number; error: GridwireError; count: number } | undefined;
  private closed = false;
  private began: number | undefined;

  constructor(
    private readonly open: () => Promise<EventStore>,
    private readonly rules: RetentionRules = {},
    private readonly clock: Clock = systemClock,
  ) {
    super();
    // Every node that uses the store may listen.
    this.setMaxListeners(0);
  }

  /**
   * The open store.
   * @throws GridwireError why it could not be opened; soon after a failure the same one again, without a new attempt
   */
  access(): Promise<EventStore> {
    if (this.closed) return Promise.reject(new GridwireError('STORE_UNAVAILABLE', 'The store is closed.'));
    if (this.failure && this.clock.now() - this.failure.at < RETRY) return Promise.reject(this.failure.error);
    this.opening ??= this.start();
    return this.opening;
  }

  /** What the store is doing; `undefined` while it has not been opened. */
  get status(): StoreStatus | undefined {
    return this.store?.status();
  }

  /** For how long it has been opening, where no attempt has failed yet, milliseconds. */
  get openingFor(): number | undefined {
    return this.began === undefined ? undefined : this.clock.now() - this.began;
  }

  /** Why the last attempt to open it failed. */
  get error(): GridwireError | undefined {
    return this.failure?.error;
  }

  async close(): Promise<void> {
    this.closed = true;
    const store = await this.opening?.catch(() => undefined);
    await this.keeper?.stop();
    await store?.close();
  }

  private async start(): Promise<EventStore> {
    if (this.failure === undefined) this.began = this.clock.now();
    try {
      const store = await this.open();
      store.on('state', (...change) => this.emit('state', ...change));
      store.on('problem', (error) => this.emit('problem', error));
      this.store = store;
      const failures = this.failure?.count ?? 0;
      this.failure = undefined;
      this.keeper = new RetentionKeeper(store, this.rules, (error) => this.emit('problem', error));
      this.emit('state', 'open', undefined, failures);
      return store;
    } catch (thrown) {
      const error = toGridwireError(thrown);
      const isNews = this.failure?.error.code !== error.code;
      this.failure = { at: this.clock.now(), error, count: (this.failure?.count ?? 0) + 1 };
      this.opening = undefined;
      if (isNews) this.emit('state', 'unavailable', error);
      throw error;
    } finally {
      this.began = undefined;
    }
  }
}
