import assert from 'node:assert/strict';
import fc from 'fast-check';
import { shapedBeside, shapedObject } from '../../../../src/contracts/json/shaped-object.js';
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

  it('are followed by the members of another object that have other names, in their order', () => {
    const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', '"]//', '0'), { maxLength: 4 });
    const others = fc.dictionary(fc.constantFrom('a', 'b', 'x', 'y', '1', 'constructor'), fc.nat(), {
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(names, fc.array(others, { minLength: 1, maxLength: 30 }), (all, rests) => {
        const make = shapedObject(all);
        const beside = shapedBeside(all, make);
        for (const rest of rests) {
          // What is given for one of the names is its value already.
          const values = all.map((name, at): Json | undefined => rest[name] ?? (at === 1 ? undefined : at));
          const expected = Object.assign(make(values), rest);
          const made = beside(values, rest, Object.keys(rest));
          assert.deepStrictEqual(made, expected);
          assert.equal(JSON.stringify(made), JSON.stringify(expected));
        }
      }),
      { numRuns: 200 },
    );
  });
});
