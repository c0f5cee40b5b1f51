/** What is to be woken when. The earliest time is counted from all of them, so nothing that comes later can postpone it. */
export class Wakes<Sleeper> {
  private readonly times = new Map<Sleeper, number>();
  /** Not later than the earliest; a sleeper that left may have been it. */
  private bound = Infinity;

  get size(): number {
    return this.times.size;
  }

  set(sleeper: Sleeper, at: number): void {
    this.times.set(sleeper, at);
    this.bound = Math.min(this.bound, at);
  }

  delete(sleeper: Sleeper): void {
    this.times.delete(sleeper);
    if (this.times.size === 0) this.bound = Infinity;
  }

  /** When there is something to do at the earliest. */
  get next(): number {
    return this.bound;
  }

  /** Takes those out whose time has come. */
  due(now: number): Sleeper[] {
    if (now < this.bound) return [];
    const due: Sleeper[] = [];
    let bound = Infinity;
    for (const [sleeper, at] of this.times) {
      if (at <= now) due.push(sleeper);
      else bound = Math.min(bound, at);
    }
    for (const sleeper of due) this.times.delete(sleeper);
    this.bound = bound;
    return due;
  }
}
