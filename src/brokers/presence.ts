import type { GridwireError } from '../errors.js';
import { toGridwireError } from '../errors.js';

/**
 * Whether a client is to be there. The one owner of that: calls that overlap do not run into one another, the last one
 * counts, and a connection is never ended by a departure that began before it.
 */
export class Presence {
  #wanted = false;
  #leaving: Promise<void> | undefined;

  /**
   * @param arrive makes the connection; resolves when the first attempt has ended
   * @param leave ends it
   * @param tell receives what either is rejected with; neither call rejects
   */
  constructor(
    private readonly arrive: () => Promise<void>,
    private readonly leave: () => Promise<void>,
    private readonly tell: (problem: GridwireError) => void,
  ) {}

  get isWanted(): boolean {
    return this.#wanted;
  }

  async enter(): Promise<void> {
    this.#wanted = true;
    await this.#leaving;
    if (this.isWanted) await this.#guarded(this.arrive);
  }

  exit(): Promise<void> {
    this.#wanted = false;
    this.#leaving ??= this.#guarded(this.leave).finally(() => (this.#leaving = undefined));
    return this.#leaving;
  }

  async #guarded(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (thrown) {
      this.tell(toGridwireError(thrown));
    }
  }
}
