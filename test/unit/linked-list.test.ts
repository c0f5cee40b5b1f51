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

  it('gives up what enters another list, and takes nothing out of that one', () => {
    const [a, b, c, d] = all as [Named, Named, Named, Named];
    const other = new LinkedList<Named>();
    other.add(b);
    other.add(a);
    assert.deepEqual([names(list), names(other)], ['cd', 'ba']);
    assert.deepEqual([list.delete(a), list.delete(b), other.delete(c)], [false, false, false]);
    other.add(d);
    other.delete(b);
    assert.deepEqual([names(list), names(other)], ['c', 'ad']);
    assert.deepEqual([list.size, other.size, list.first, other.first], [1, 2, c, a]);
  });

  it('keeps the place of what comes once more', () => {
    list.add(all[1] as Named);
    assert.deepEqual([names(list), list.size], ['abcd', 4]);
  });

  it('is not reached from what has left it', () => {
    const [, b] = all as [Named, Named];
    list.delete(b);
    assert.deepEqual([b.before, b.after, b.list], [undefined, undefined, undefined]);
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
