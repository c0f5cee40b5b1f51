import { type Linked, LinkedList } from '../../src/linked-list.js';

/** Into so many parts a time limit is cut: what has run out is told that much of it late at most. */
const PARTS = 16;

/** What one thing has of its time limit left to do: be told, or end before. */
export class TimeLimit<T> implements Linked<TimeLimit<T>> {
  before: TimeLimit<T> | undefined;
  after: TimeLimit<T> | undefined;
  list: LinkedList<TimeLimit<T>> | undefined;

  constructor(
    readonly thing: T,
    part: LinkedList<TimeLimit<T>>,
  ) {
    part.add(this);
  }

  /** The thing is not told any more. */
  end(): void {
    this.list?.delete(this);
  }
}

/**
 * Time limits of one length for many things, by one timer: nothing is asked of a clock, and no timer made, for each of
 * them. A thing is told when its limit has run out, and at most a sixteenth of it later.
 */
export class TimeLimits<T> {
  /** Those whose limit began in the same part of it, oldest first. */
  private readonly parts: LinkedList<TimeLimit<T>>[] = [];
  private current = new LinkedList<TimeLimit<T>>();
  private timer: NodeJS.Timeout | undefined;

  /** @param milliseconds how long the limit is; @param over is told of each whose limit has run out; must not throw */
  constructor(
    private readonly milliseconds: number,
    private readonly over: (thing: T) => void,
  ) {}

  begin(thing: T): TimeLimit<T> {
    this.timer ??= this.nextPart();
    return new TimeLimit(thing, this.current);
  }

  private nextPart(): NodeJS.Timeout {
    return setTimeout(() => {
      this.parts.push(this.current);
      this.current = new LinkedList();
      // What began within a part has had the whole limit only when that many more have passed after it.
      const due = this.parts.length > PARTS ? this.parts.shift() : undefined;
      const isEmpty = this.parts.every((part) => part.size === 0);
      if (isEmpty) this.parts.length = 0;
      this.timer = isEmpty ? undefined : this.nextPart();
      for (const { thing } of [...(due ?? [])]) this.over(thing);
    }, this.milliseconds / PARTS).unref();
  }
}
