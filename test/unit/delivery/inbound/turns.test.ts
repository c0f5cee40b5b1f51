import assert from 'node:assert/strict';
import { TurnBudget } from '../../../../src/turn.js';

describe('the budget of a turn of the event loop', () => {
  function budget(bytes: number) {
    const turns: (() => void)[] = [];
    return { turn: new TurnBudget(bytes, (next) => turns.push(next)), nextTurn: () => turns.shift()?.() };
  }

  it('takes what fits, and one body however large it is', () => {
    const { turn, nextTurn } = budget(10);
    assert.deepEqual([turn.spend(4), turn.spend(6), turn.spend(1)], [true, true, false]);
    nextTurn();
    assert.deepEqual([turn.spend(50), turn.spend(0), turn.spend(1)], [true, false, false]);
    nextTurn();
    assert.equal(turn.spend(10), true);
  });

  it('lets one go on in each turn, in the order of asking', () => {
    const { turn, nextTurn } = budget(10);
    const heard: string[] = [];
    turn.spend(10);
    const take = (name: string, left: number) => (): void => {
      for (; left > 0; left -= 1) {
        if (!turn.spend(10)) {
          turn.next(take(name, left));
          return;
        }
        heard.push(name);
      }
    };
    turn.next(take('a', 2));
    turn.next(take('b', 1));
    const after = [1, 2, 3].map(() => {
      nextTurn();
      return heard.join('');
    });
    assert.deepEqual(after, ['a', 'ab', 'aba']);
  });
});
