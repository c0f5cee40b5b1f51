import assert from 'node:assert/strict';
import { Conditions } from '../../../../nodes/runtime/conditions.js';
import { GridwireError } from '../../../../src/errors.js';

describe('what is shown of a node', () => {
  const nothing = (): void => undefined;
  const worst = (all: Conditions): string | undefined => all.worst?.word;

  it('is the worst thing that is true now, whatever came after it', () => {
    const all = new Conditions();
    all.set('course', { word: 'received', values: { count: 3 } });
    assert.equal(worst(all), 'received');
    all.set('store', { word: 'store-away', values: {} });
    all.set('connection', { word: 'disconnected', values: {} });
    all.set('course', { word: 'received', values: { count: 4 } });
    assert.equal(worst(all), 'store-away');
    all.clear('store');
    assert.equal(worst(all), 'disconnected');
    all.clear('connection');
    assert.deepEqual([worst(all), all.worst?.values], ['received', { count: 4 }]);
  });

  it('keeps what has happened until somebody has looked, and counts anew from then on', () => {
    const all = new Conditions();
    let count = 2;
    all.set('course', { word: 'connected', values: {} });
    all.set('rejected', { word: 'rejected', values: { count } }, () => (count = 0));
    all.set('course', { word: 'received', values: { count: 9 } });
    assert.equal(worst(all), 'rejected');
    all.seen();
    assert.deepEqual([worst(all), count], ['received', 0]);
  });

  it('does not take for known what is still true', () => {
    const all = new Conditions();
    all.set('held', { word: 'held', values: {} });
    all.set('dropped', { word: 'dropped', values: {} }, nothing);
    all.seen();
    assert.deepEqual(
      all.troubles.map(({ word }) => word),
      ['held'],
    );
  });

  it('lists all that is wrong, worst first and the older of equals first, with its sentence', () => {
    const all = new Conditions();
    const error = new GridwireError('STORE_LOCKED', 'Another process has the file.');
    all.set('course', { word: 'sent', values: {} });
    all.set('letters', { word: 'letters', values: { count: 10_000 } });
    all.set('one', { word: 'error', values: {} });
    all.set('other', { word: 'error', values: {} });
    all.set('store', { word: 'store-away', values: {}, error });
    all.set('one', { word: 'error', values: { again: 1 } });
    assert.deepEqual(
      all.troubles.map(({ word, values, error: why }) => [word, values, why?.message]),
      [
        ['store-away', {}, 'Another process has the file.'],
        ['error', { again: 1 }, undefined],
        ['error', {}, undefined],
        ['letters', { count: 10_000 }, undefined],
      ],
    );
  });
});
