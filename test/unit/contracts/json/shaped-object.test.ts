import assert from 'node:assert/strict';
import fc from 'fast-check';
import { shapedObject } from '../../../../src/contracts/json/shaped-object.js';
import type { Json } from '../../../../src/event.js';

describe('objects of one shape', () => {
  it('have the names that have a value, in their order, whatever the names are and however many', () => {
    const names = fc.uniqueArray(fc.string({ unit: 'binary' }), { maxLength: 40 });
    fc.assert(
      fc.property(
        names.filter((each) => !each.includes('__proto__')),
        fc.func(fc.option(fc.nat())),
        (all, valueOf) => {
          const make = shapedObject(all);
          // More sets of names than are kept.
          for (let turn = 0; turn < 20; turn += 1) {
            const values = all.map((name): Json | undefined => valueOf(name, turn) ?? undefined);
            const expected = all.flatMap((name, at) =>
              values[at] === undefined ? [] : [[name, values[at]]],
            );
            const made = make(values);
            assert.deepEqual(made, Object.fromEntries(expected));
            assert.deepEqual(JSON.stringify(made), JSON.stringify(Object.fromEntries(expected)));
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('have names only: one that is written like code stays a name', () => {
    const names = ['"]: process.exit()', "'`${1}\\", 'a"}; throw 1; //', '\u2028\n'];
    assert.deepEqual(Object.keys(shapedObject(names)([1, 2, 3, 4])), names);
  });
});
