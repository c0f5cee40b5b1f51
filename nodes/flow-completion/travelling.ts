/** Copies that were sent and not yet received, by where they go. Nearly always there is one, so nothing is made for it. */
export class Travelling {
  private destination: string | undefined;
  private copies = 0;
  private others: Map<string, number> | undefined;

  depart(destination: string): void {
    if (this.copies === 0 || this.destination === destination) {
      this.destination = destination;
      this.copies += 1;
      return;
    }
    this.others ??= new Map();
    this.others.set(destination, (this.others.get(destination) ?? 0) + 1);
  }

  /** @returns whether one was under way there */
  arrive(destination: string): boolean {
    if (this.copies > 0 && this.destination === destination) {
      this.copies -= 1;
      return true;
    }
    const count = this.others?.get(destination);
    if (count === undefined) return false;
    if (count > 1) this.others?.set(destination, count - 1);
    else this.others?.delete(destination);
    return true;
  }

  /** Where copies are under way to. */
  get destinations(): string[] {
    const first = this.copies > 0 && this.destination !== undefined ? [this.destination] : [];
    return [...new Set([...first, ...(this.others?.keys() ?? [])])];
  }
}
