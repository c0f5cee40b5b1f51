/** More than a whole history page can hold; whoever does not read that far is not reading. */
const MOST_WAITING = 4096;

/**
 * Turns events into something that can be awaited in order: values wait until they are taken, a failure reaches every
 * later `next`. Values beyond the bound push out the oldest.
 */
export class Inbox<T> {
  readonly #waiting: T[] = [];
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  push(value: T): void {
    if (this.#waiting.length >= MOST_WAITING) this.#waiting.shift();
    this.#waiting.push(value);
    this.#wake?.();
  }

  /** Ends the inbox: what waits can still be taken, then `next` throws. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.#wake?.();
  }

  clear(): void {
    this.#waiting.length = 0;
  }

  /**
   * The next value, or undefined when none came in time.
   * @param milliseconds how long to wait
   * @throws the failure, or the signal's reason
   */
  async next(milliseconds: number, signal?: AbortSignal): Promise<T | undefined> {
    const deadline = performance.now() + milliseconds;
    for (;;) {
      signal?.throwIfAborted();
      const value = this.#waiting.shift();
      if (value !== undefined) return value;
      if (this.#failure) throw this.#failure;
      const left = deadline - performance.now();
      if (left <= 0) return undefined;
      await this.#woken(left, signal);
    }
  }

  #woken(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', wake);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(wake, milliseconds);
      signal?.addEventListener('abort', wake, { once: true });
      this.#wake = wake;
    });
  }
}
