import { Fifo } from '../../fifo.js';
import { type TurnBudget, turnBudget } from '../../turn.js';
import type { Effect } from './effects.js';

/**
 * What the inbox wants done, in its order, without re-entering: what is done may bring the next input before it returns.
 * Work that is too much for this turn of the event loop, and all behind it, waits for a later one.
 */
export class EffectQueue {
  private readonly waiting = new Fifo<Effect>();
  private isExecuting = false;
  private isClosed = false;

  /** @param idle told when nothing waits any more */
  constructor(
    private readonly carryOut: (effect: Effect) => void,
    private readonly idle: () => void,
    private readonly turn: TurnBudget = turnBudget,
  ) {}

  execute(effects: readonly Effect[]): void {
    if (this.isExecuting) {
      for (const effect of effects) this.waiting.push(effect);
      return;
    }
    this.isExecuting = true;
    let done = 0;
    while (done < effects.length && this.carriedOut(effects[done] as Effect)) done += 1;
    if (done < effects.length) this.waiting.putBack(effects.slice(done));
    this.goOn();
  }

  /** No work is begun any more: what was put off until after the end stays with its broker. */
  close(): void {
    this.isClosed = true;
  }

  private goOn(): void {
    for (let effect = this.waiting.shift(); effect; effect = this.waiting.shift()) {
      if (this.carriedOut(effect)) continue;
      this.waiting.putBack([effect]);
      this.turn.next(() => this.goOn());
      return;
    }
    this.isExecuting = false;
    this.idle();
  }

  /** False for work that is too much for this turn. */
  private carriedOut(effect: Effect): boolean {
    if (effect.do === 'run') {
      if (this.isClosed) return true;
      if (!this.turn.spend(effect.message.body.byteLength)) return false;
    }
    this.carryOut(effect);
    return true;
  }
}
