import { BOUNDS } from './bounds.js';

/**
 * How many bytes of bodies are read in one turn of the event loop: many large ones that come at once would keep
 * everything else waiting. One for the process, because its parts share the loop.
 */
export class TurnBudget {
  private spent = 0;
  private isEnding = false;
  private readonly waiting: (() => void)[] = [];

  /** @param later runs something in a later turn */
  constructor(
    private readonly bytes: number,
    private readonly later: (next: () => void) => void,
  ) {}

  /** Whether a body may still be read in this turn; the first one always, however large. If so it is counted. */
  spend(bytes: number): boolean {
    if (this.spent > 0 && this.spent + bytes > this.bytes) return false;
    this.spent += bytes;
    this.endTurn();
    return true;
  }

  /** Goes on in a later turn, in the order of asking; must not throw. */
  next(goOn: () => void): void {
    this.waiting.push(goOn);
    this.endTurn();
  }

  private endTurn(): void {
    if (this.isEnding) return;
    this.isEnding = true;
    this.later(() => {
      this.isEnding = false;
      this.spent = 0;
      // One at a time: each may spend the whole turn.
      this.waiting.shift()?.();
      if (this.waiting.length > 0) this.endTurn();
    });
  }
}

/** That of this process. */
export const turnBudget = new TurnBudget(BOUNDS.turnBytes, (next) => setImmediate(next));
