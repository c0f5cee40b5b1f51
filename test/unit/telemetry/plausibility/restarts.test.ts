import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { PlausibilityCheck } from '../../../../src/telemetry/plausibility/plausibility-check.js';
import type { PlausibilityRule } from '../../../../src/telemetry/plausibility/rules.js';

const MINUTE = 60_000;

interface Seen {
  faults: string[];
  resets: [from: number, to: number][];
}

/** Feeds a counter one value a minute, or at the times given; what each reading was found to be. */
function seen(rule: Omit<PlausibilityRule, 'member'>, values: number[], times?: number[]): Seen {
  const check = new PlausibilityCheck([{ member: '/v', ...rule }]);
  const found: Seen = { faults: [], resets: [] };
  for (const [index, v] of values.entries()) {
    const { faults, notes } = check.check('meter', { v }, times?.[index] ?? index * MINUTE);
    found.faults.push(faults.map(({ rule: broken }) => broken).join());
    for (const { from, to } of notes) found.resets.push([from, to]);
  }
  return found;
}

describe('plausibility: counters that begin anew', () => {
  it('an exchanged meter that starts somewhere is believed after three readings, whichever rule is chosen', () => {
    for (const counter of [{}, { resetBelow: 1 }]) {
      assert.deepEqual(seen({ counter }, [90_000, 4711, 4712, 4713, 4714]), {
        faults: ['', 'counter', 'counter', '', ''],
        resets: [[90_000, 4713]],
      });
    }
  });

  it('so is one whose successor shows more than the old one could have counted', () => {
    const counter = { perSecond: 1 };
    assert.deepEqual(seen({ counter }, [100, 70_000, 70_010, 70_020, 70_030]).faults, [
      '',
      'counter',
      'counter',
      '',
      '',
    ]);
  });

  it('a counter that may restart anywhere is believed at once', () => {
    assert.deepEqual(seen({ counter: { resetBelow: Infinity } }, [90_000, 4711, 4712]), {
      faults: ['', '', ''],
      resets: [[90_000, 4711]],
    });
  });

  const overflows: [string, number, number][] = [
    ['16 bits', 65_530, 12],
    ['32 bits', 2 ** 32 - 4, 900],
    ['16 bits, signed', 32_760, -32_700],
    ['32 bits, signed', 2 ** 31 - 4, -(2 ** 31) + 5],
    ['16 bits in tenths', 6553.1, 2.4],
    ['32 bits in hundredths', 42_949_672.5, 3.25],
    ['16 bits in thousandths', 65.531, 1.004],
  ];
  for (const [name, from, to] of overflows) {
    it(`an overflow of ${name} is a new start at once, where restarts are allowed`, () => {
      assert.deepEqual(seen({ counter: { resetBelow: 1 } }, [from, to, to + 1]), {
        faults: ['', '', ''],
        resets: [[from, to]],
      });
    });
  }

  it('an overflow that would mean more than can be counted is not believed at once', () => {
    const counter = { resetBelow: 1, perSecond: 0.1 };
    assert.deepEqual(seen({ counter }, [65_530, 2000, 65_531]).faults, ['', 'counter', '']);
  });

  it('two glitches in a row do not move the counter', () => {
    assert.deepEqual(seen({ counter: {} }, [500, 20, 20, 501, 20, 502]).faults, [
      ...['', 'counter', 'counter', ''],
      ...['counter', ''],
    ]);
  });

  it('one reading delivered many times confirms nothing', () => {
    const times = [0, 1, 1, 1, 1, 2].map((minute) => minute * MINUTE);
    assert.deepEqual(seen({ counter: {} }, [500, 20, 20, 20, 20, 501], times).faults, [
      '',
      ...['counter', 'counter', 'counter', 'counter'],
      '',
    ]);
  });

  it('readings that do not go on from each other confirm nothing', () => {
    assert.ok(
      seen({ counter: {} }, [500, 90, 80, 70, 60, 50])
        .faults.slice(1)
        .every((fault) => fault === 'counter'),
    );
  });

  it('readings that walk down within the tolerance confirm nothing, however many', () => {
    const walk = Array.from({ length: 20 }, (_, index) => 98.5 - index / 2);
    const { faults, resets } = seen({ counter: { tolerance: 1 } }, [100, ...walk]);
    assert.deepEqual(new Set(faults.slice(1)), new Set(['counter']));
    assert.deepEqual(resets, []);
  });

  it('one that stands still is believed after such a walk, and so is one whose last digit is noisy', () => {
    const counter = { tolerance: 1 };
    assert.deepEqual(seen({ counter }, [100, 50, 49.5, 49, 49, 49, 49]).faults, [
      ...['', 'counter', 'counter', 'counter', 'counter', '', ''],
    ]);
    assert.deepEqual(seen({ counter }, [100, 12, 11.9, 12, 11.9, 12]).faults, [
      ...['', 'counter', 'counter', 'counter', '', ''],
    ]);
  });

  it('the number of readings can be chosen', () => {
    assert.deepEqual(seen({ counter: { confirm: 2 } }, [500, 20, 21]).faults, ['', 'counter', '']);
    assert.deepEqual(seen({ counter: { confirm: 1 } }, [500, 20, 21]).faults, ['', '', '']);
  });
});

describe('plausibility: tolerance and times', () => {
  it('a tolerance counts from the highest value, so that it does not walk down', () => {
    assert.deepEqual(seen({ counter: { tolerance: 1 } }, [100, 99.5, 99, 98.5, 98, 100.2]).faults, [
      ...['', '', '', 'counter', 'counter', ''],
    ]);
  });

  it('after a new start it counts from there', () => {
    assert.deepEqual(seen({ counter: { tolerance: 1, resetBelow: 1 } }, [100, 0.5, 8, 7.5, 6]).faults, [
      ...['', '', '', '', 'counter'],
    ]);
  });

  it('two values with one time are judged', () => {
    assert.deepEqual(seen({ counter: {} }, [100, 90], [0, 0]).faults, ['', 'counter']);
    assert.deepEqual(seen({ counter: { perSecond: 5 } }, [100, 300], [0, 0]).faults, ['', 'counter']);
    assert.deepEqual(seen({ rate: { perSecond: 5 } }, [100, 101], [0, 0]).faults, ['', 'rate']);
    assert.deepEqual(seen({ rate: { perSecond: 5 } }, [100, 100], [0, 0]).faults, ['', '']);
  });

  it('a reading that is delivered again is no second one for a sensor that hangs', () => {
    const times = [0, 0, 0, 1, 2].map((minute) => minute * MINUTE);
    assert.deepEqual(seen({ stuck: { count: 3 } }, [5, 5, 5, 5, 5], times).faults, ['', '', '', '', 'stuck']);
  });

  it('a reading from the future does not become the newest', () => {
    const check = new PlausibilityCheck([{ member: '/v', counter: {} }]);
    const now = Date.UTC(2026, 10, 29);
    const at = (v: number, time: number): string =>
      check
        .check('meter', { v }, time, now)
        .faults.map(({ rule }) => rule)
        .join();
    assert.equal(at(100, now), '');
    assert.equal(at(101, 8.64e15), 'time');
    assert.equal(at(101, now + 6 * MINUTE), 'time');
    assert.equal(at(50, now + 1), 'counter');
    assert.equal(at(102, now + 4 * MINUTE), '');
  });

  it('a value at a bound is within it, though its difference is rounded', () => {
    const counter = { perSecond: 0.1, tolerance: 0.1 };
    assert.deepEqual(seen({ counter }, [10.2, 10.3, 10.2], [0, 1000, 2000]).faults, ['', '', '']);
    assert.deepEqual(seen({ counter }, [10.2, 10.301], [0, 1000]).faults, ['', 'counter']);
    const rate = { perSecond: 0.1 };
    assert.deepEqual(seen({ rate }, [10.2, 10.3, 10.2, 10.3001], [0, 1000, 2000, 3000]).faults, [
      '',
      '',
      '',
      'rate',
    ]);
    assert.deepEqual(seen({ counter: {} }, [0.3, 0.1 + 0.2, 0.3]).faults, ['', '', 'counter']);
  });

  it('a range says nothing about time', () => {
    const check = new PlausibilityCheck([{ member: '/v', range: { maximum: 10 } }]);
    assert.deepEqual(check.check('forecast', { v: 5 }, Date.now() + 24 * 60 * MINUTE).faults, []);
  });
});

describe('plausibility: what holds for any readings', () => {
  const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  const rules = fc.record(
    {
      resetBelow: fc.constantFrom(0, 1, Infinity),
      tolerance: fc.double({ min: 0, max: 10, noNaN: true }),
      confirm: fc.integer({ min: 1, max: 5 }),
    },
    { requiredKeys: [] },
  );

  it('a counter that begins anew anywhere is believed in time, and stays so', () => {
    fc.assert(
      fc.property(rules, fc.array(value, { maxLength: 20 }), value, (counter, before, start) => {
        const after = Array.from({ length: 8 }, (_, index) => start + index);
        const { faults } = seen({ counter }, [...before, ...after]);
        assert.deepEqual(faults.slice(before.length + (counter.confirm ?? 3)).join(''), '');
      }),
    );
  });

  it('what is believed never lies more than the tolerance below the highest, unless a new start was told', () => {
    fc.assert(
      fc.property(rules, fc.array(value, { maxLength: 60 }), (counter, values) => {
        const check = new PlausibilityCheck([{ member: '/v', counter }]);
        let highest = -Infinity;
        for (const [index, v] of values.entries()) {
          const { faults, notes } = check.check('meter', { v }, index * MINUTE);
          if (faults.length > 0) continue;
          if (notes.length > 0) highest = -Infinity;
          const { tolerance = 0 } = counter;
          const rounding = tolerance === 0 ? 0 : 1e-9;
          assert.ok(v >= highest - tolerance - rounding);
          highest = Math.max(highest, v);
        }
      }),
    );
  });

  it('one wild reading never makes a sound one look wild', () => {
    const steps = fc.array(fc.double({ min: 0, max: 60, noNaN: true }), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(steps, value, fc.nat(), (counts, wild, place) => {
        let total = 0;
        const sound = counts.map((count) => (total += count));
        const at = 1 + (place % (sound.length - 1));
        const values = sound.flatMap((v, index) => (index === at ? [wild, v] : [v]));
        const times = sound.flatMap((_, index) =>
          index === at ? [index * MINUTE - 1, index * MINUTE] : [index * MINUTE],
        );
        const { faults, resets } = seen({ counter: { perSecond: 1 } }, values, times);
        // A wild reading that could be true is no wild one.
        fc.pre(faults[at] !== '');
        faults.splice(at, 1);
        assert.deepEqual([faults.join(''), resets], ['', []]);
      }),
    );
  });
});
