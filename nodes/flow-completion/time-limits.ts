/** Into so many parts a time limit is cut: what has run out is told that much of it late at most. */
const PARTS = 16;

/**
 * Time limits of one length for many things, by one timer: nothing is asked of a clock, and no timer made, for each of
 * them. A thing is told when its limit has run out, and at most a sixteenth of it later.
 */
export class TimeLimits<T> {
  /** Those whose limit began in the same part of it, oldest first. */
  private readonly parts: Set<T>[] = [];
  private current = new Set<T>();
  private timer: NodeJS.Timeout | undefined;

  /** @param milliseconds how long the limit is; @param over is told of each whose limit has run out; must not throw */
  constructor(
    private readonly milliseconds: number,
    private readonly over: (thing: T) => void,
  ) {}

  /** @returns a set with the thing in it; whoever deletes it there ends its limit */
  begin(thing: T): Set<T> {
    this.current.add(thing);
    this.timer ??= this.nextPart();
    return this.current;
  }

  private nextPart(): NodeJS.Timeout {
    return setTimeout(() => {
      this.parts.push(this.current);
      this.current = new Set();
      // What began within a part has had the whole limit only when that many more have passed after it.
      const due = this.parts.length > PARTS ? this.parts.shift() : undefined;
      const isEmpty = this.parts.every((part) => part.size === 0);
      if (isEmpty) this.parts.length = 0;
      this.timer = isEmpty ? undefined : this.nextPart();
      for (const thing of [...(due ?? [])]) this.over(thing);
    }, this.milliseconds / PARTS).unref();
  }
}
