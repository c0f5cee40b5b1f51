/** Who uses something that may only be closed after them. */
export class Users {
  private readonly ids = new Set<string>();
  private tell: () => void = () => undefined;

  add(id: string): void {
    this.ids.add(id);
  }

  remove(id: string): void {
    this.ids.delete(id);
    if (this.ids.size === 0) this.tell();
  }

  /** Resolves when the last user has gone, or after the patience (milliseconds) is spent. */
  async gone(patience: number): Promise<void> {
    if (this.ids.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, patience);
      this.tell = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
