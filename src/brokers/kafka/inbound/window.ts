/** How many deliveries may be in the flow's hands at once. */
export class Window {
  #used = 0;
  readonly #waiting = new Set<() => void>();

  constructor(private readonly size: number) {}

  get hasRoom(): boolean {
    return this.#used < this.size;
  }

  take(): void {
    this.#used += 1;
  }

  release(): void {
    this.#used -= 1;
    this.wake();
  }

  /** Lets everybody who waits look again. */
  wake(): void {
    for (const resume of this.#waiting) resume();
  }

  /** Resolves when there may be room, or after `milliseconds`. */
  wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const resume = () => {
        clearTimeout(timer);
        this.#waiting.delete(resume);
        resolve();
      };
      const timer = setTimeout(resume, milliseconds);
      this.#waiting.add(resume);
    });
  }
}
