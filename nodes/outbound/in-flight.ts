import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';

/**
 * Counts what is under way, so that a node that closes can let it arrive: what other nodes send while the flows are
 * being stopped (a shutdown notice) reaches this one a turn later.
 */
export class InFlight {
  #count = 0;
  #onIdle: (() => void) | undefined;

  /** How many are under way. */
  get count(): number {
    return this.#count;
  }

  begin(): void {
    this.#count += 1;
  }

  end(): void {
    this.#count -= 1;
    if (this.#count === 0) this.#onIdle?.();
  }

  /** Resolves when nothing is under way, or when the time is up. */
  async settled(milliseconds: number): Promise<void> {
    await turn();
    await turn();
    if (this.#count === 0) return;
    const idle = new AbortController();
    this.#onIdle = () => idle.abort();
    await pause(milliseconds, undefined, { signal: idle.signal }).catch(() => undefined);
  }
}
