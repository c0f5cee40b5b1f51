import type { BluetoothAdapter } from './adapter.js';

/**
 * Keeps an adapter's scan as it is wanted: on while anyone wants it and nothing stands against it, started anew when
 * it falls silent, because some adapters stop without a word.
 */
export class ScanKeeper {
  readonly #adapter: BluetoothAdapter;
  readonly #restartMs: number;
  #wanted = 0;
  #held = false;
  #scanning = false;
  #task: Promise<void> = Promise.resolve();
  #watchdog: NodeJS.Timeout | undefined;

  constructor(adapter: BluetoothAdapter, restartMs: number) {
    this.#adapter = adapter;
    this.#restartMs = restartMs;
  }

  /** Scans until the returned function is called; calling it again does nothing. */
  want(): () => void {
    this.#wanted += 1;
    this.#follow();
    let wanted = true;
    return () => {
      if (!wanted) return;
      wanted = false;
      this.#wanted -= 1;
      this.#follow();
    };
  }

  /** Stops the scan for a connection attempt; resolves when it has stopped. */
  async hold(): Promise<void> {
    this.#held = true;
    this.#follow();
    await this.#task;
  }

  /** Ends a hold. The attempt may have ended the scan itself, so it is started anew. */
  resume(): void {
    this.#held = false;
    this.restart();
  }

  /** The adapter's scan may have ended; starts it if it is wanted. */
  restart(): void {
    this.#scanning = false;
    this.#follow();
  }

  /** An advertisement was heard: the scan is alive. */
  heard(): void {
    this.#watchdog?.refresh();
  }

  /** Wants no scan any more; resolves when the last order has been carried out. */
  async close(): Promise<void> {
    clearTimeout(this.#watchdog);
    this.#wanted = 0;
    await this.#task;
  }

  /** Brings the scan to what is wanted when its turn comes; orders queue up behind each other. */
  #follow(): void {
    this.#task = this.#task.then(async () => {
      const wanted = this.#wanted > 0 && !this.#held && this.#adapter.state === 'ready';
      if (wanted === this.#scanning) return;
      this.#scanning = wanted;
      clearTimeout(this.#watchdog);
      try {
        if (wanted) await this.#adapter.startScan();
        else if (this.#adapter.state === 'ready') await this.#adapter.stopScan();
      } catch {
        // The watchdog tries again; what is wrong with the adapter is told by its state.
        this.#scanning = false;
      }
      if (wanted) this.#watch();
    });
  }

  #watch(): void {
    this.#watchdog = setTimeout(() => {
      this.#task = this.#task.then(() => this.#adapter.stopScan()).catch(() => undefined);
      this.restart();
    }, this.#restartMs);
    this.#watchdog.unref();
  }
}
