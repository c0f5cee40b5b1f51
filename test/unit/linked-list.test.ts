import assert from 'node:assert/strict';
import { type Linked, LinkedList, UNLISTED } from '../../src/linked-list.js';

interface Named extends Linked<Named> {
  name: string;
}

describe('a linked list', () => {
  const named = (name: string): Named => ({ name, ...UNLISTED });
  const names = (list: LinkedList<Named>) => [...list].map(({ name }) => name).join('');
  let list: LinkedList<Named>;
  let all: Named[];

  beforeEach(() => {
    list = new LinkedList();
    all = ['a', 'b', 'c', 'd'].map(named);
    for (const item of all) list.add(item);
  });

  it('keeps the order in which things came, whichever leave', () => {
    const [a, b, c, d] = all as [Named, Named, Named, Named];
    assert.equal(list.first, a);
    assert.equal(list.delete(b), true);
    assert.equal(names(list), 'acd');
    assert.equal(list.delete(a), true);
    assert.equal(list.delete(d), true);
    assert.equal(list.size, 1);
    list.add(a);
    assert.equal(names(list), 'ca');
    assert.equal(list.first, c);
  });

  it('lets nothing leave twice', () => {
    const [a] = all as [Named];
    list.delete(a);
    assert.equal(list.delete(a), false);
    assert.equal(list.size, 3);
  });

  it('is not reached from what has left it', () => {
    const [, b] = all as [Named, Named];
    list.delete(b);
    assert.deepEqual([b.before, b.after], [undefined, undefined]);
    const rest = [...list];
    list.clear();
    assert.equal(list.size, 0);
    for (const { before, after } of rest) assert.deepEqual([before, after], [undefined, undefined]);
  });

  it('goes on behind one that leaves while it is looked at, and to what comes meanwhile', () => {
    const seen: string[] = [];
    for (const item of list) {
      seen.push(item.name);
      list.delete(item);
      if (item.name === 'b') list.add(named('e'));
    }
    assert.equal(seen.join(''), 'abcde');
  });
});
