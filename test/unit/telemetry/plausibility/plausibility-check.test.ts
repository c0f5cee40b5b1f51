import assert from 'node:assert/strict';
import { PlausibilityCheck } from '../../../../src/telemetry/plausibility/plausibility-check.js';
import { COMMON_SENTINELS, type PlausibilityRule } from '../../../../src/telemetry/plausibility/rules.js';
import { GridwireError } from '../../../../src/errors.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Feeds values at times to a rule and gives back which rule each broke. */
function verdicts(rule: Omit<PlausibilityRule, 'member'>, series: [time: number, value: number][]): string[] {
  const check = new PlausibilityCheck([{ member: '/v', ...rule }]);
  return series.map(([time, v]) =>
    check
      .check('meter', { v }, time)
      .faults.map((fault) => fault.rule)
      .join(),
  );
}

describe('plausibility: incidents of the field', () => {
  it('a counter that shows 2^32 Wh once does not enter the totals (evcc#32159)', () => {
    const rule = { counter: { perSecond: 0.01 }, sentinels: COMMON_SENTINELS };
    const series: [number, number][] = [
      [0, 12_000],
      [MINUTE, 2 ** 32],
      [2 * MINUTE, 12_000.1],
    ];
    assert.deepEqual(verdicts(rule, series), ['', 'sentinel', '']);
  });

  it('36.9 kWh in three minutes from an 11 kW charger is refused, the next sound reading is not (evcc#29099)', () => {
    const rule = { counter: { perSecond: 11 / 3600 } };
    const series: [number, number][] = [
      [0, 100],
      [3 * MINUTE, 136.9],
      [6 * MINUTE, 101.1],
    ];
    assert.deepEqual(verdicts(rule, series), ['', 'counter', '']);
  });

  it('130,000 kW at a house is out of range (evcc#16792)', () => {
    assert.deepEqual(verdicts({ range: { minimum: -50, maximum: 50 } }, [[0, 130_000]]), ['range']);
  });

  it('a counter reset is told, and not turned into minus 1,400 kWh (home-assistant/frontend#28177)', () => {
    const check = new PlausibilityCheck([{ member: '/v', counter: { resetBelow: 1 } }]);
    assert.deepEqual(check.check('m', { v: 1400 }, 0).notes, []);
    const { faults, notes } = check.check('m', { v: 0.2 }, MINUTE);
    assert.deepEqual(faults, []);
    assert.deepEqual(notes, [{ path: '/v', note: 'counter-reset', from: 1400, to: 0.2 }]);
    assert.deepEqual(check.check('m', { v: 0.4 }, 2 * MINUTE).faults, []);
  });

  it('a dip of 0.1 kWh is noise, not a reset that counts 215 kWh again (grott#99)', () => {
    const rule = { counter: { resetBelow: 1, tolerance: 0.2 } };
    const series: [number, number][] = [
      [0, 215],
      [MINUTE, 214.9],
      [2 * MINUTE, 215.1],
    ];
    assert.deepEqual(verdicts(rule, series), ['', '', '']);
    assert.deepEqual(verdicts({ counter: { resetBelow: 1 } }, series), ['', 'counter', '']);
  });

  it('a device that was away for a day may have counted as much as a day allows', () => {
    const rule = { counter: { perSecond: 11 / 3600 } };
    assert.deepEqual(
      verdicts(rule, [
        [0, 100],
        [24 * HOUR, 300],
        [24 * HOUR + MINUTE, 500],
      ]),
      ['', '', 'counter'],
    );
  });

  it('0x8000 from a 16-bit register is no temperature', () => {
    for (const value of [0x8000, -0x8000, 0xffff]) {
      assert.deepEqual(verdicts({ sentinels: COMMON_SENTINELS }, [[0, value]]), ['sentinel']);
    }
  });
});

describe('plausibility: rules', () => {
  it('a rate holds to the ends of all numbers', () => {
    const series: [number, number][] = [
      [0, 1e308],
      [SECOND, -1e308],
      [2 * SECOND, 1e308],
    ];
    assert.deepEqual(verdicts({ rate: { perSecond: 1 } }, series), ['', 'rate', '']);
  });

  it('a rate counts up and down, by the time that has passed', () => {
    const rule = { rate: { perSecond: 2 } };
    assert.deepEqual(
      verdicts(rule, [
        [0, 100],
        [10 * SECOND, 120],
        [11 * SECOND, 117],
        [21 * SECOND, 137],
      ]),
      ['', '', 'rate', ''],
    );
  });

  it('a value that does not change for long is stuck, until it changes', () => {
    const series = [5, 5, 5, 5, 6].map((value, index): [number, number] => [index * SECOND, value]);
    assert.deepEqual(verdicts({ stuck: { count: 3 } }, series), ['', '', 'stuck', 'stuck', '']);
  });

  it('a late value is judged by its range only and changes nothing', () => {
    const rule = { counter: {}, range: { maximum: 1000 } };
    assert.deepEqual(
      verdicts(rule, [
        [10 * SECOND, 100],
        [5 * SECOND, 90],
        [6 * SECOND, 2000],
        [20 * SECOND, 101],
      ]),
      ['', '', 'range', ''],
    );
  });

  it('keys and members are apart, and what is no number is none of its business', () => {
    const check = new PlausibilityCheck([
      { member: '/a', counter: {} },
      { member: '/b/c', counter: {} },
    ]);
    assert.deepEqual(check.check('x', { a: 5, b: { c: 5 } }, 0).faults, []);
    assert.deepEqual(check.check('y', { a: 1, b: { c: 1 } }, SECOND).faults, []);
    const { faults } = check.check('x', { a: '4', b: { c: 4 } }, SECOND);
    assert.deepEqual(faults, [
      {
        path: '/b/c',
        rule: 'counter',
        expected: 'a counter that only rises',
        found: '4 after 5, 1 s earlier',
      },
    ]);
  });

  it('forgets the longest unseen key when there are too many', () => {
    const check = new PlausibilityCheck([{ member: '/v', counter: {} }], 2);
    for (const [index, key] of ['a', 'b', 'a', 'c'].entries()) check.check(key, { v: 9 }, index * SECOND);
    assert.equal(check.check('a', { v: 1 }, HOUR).faults.length, 1);
    assert.equal(check.check('b', { v: 1 }, HOUR).faults.length, 0);
  });

  it('refuses rules that cannot hold', () => {
    const bad: PlausibilityRule[] = [
      { member: 'v' },
      { member: '/v', range: { minimum: 2, maximum: 1 } },
      { member: '/v', rate: { perSecond: 0 } },
      { member: '/v', stuck: { count: 1 } },
    ];
    for (const rule of bad) {
      assert.throws(
        () => new PlausibilityCheck([rule]),
        (error) => {
          return error instanceof GridwireError && error.code === 'SETTING_INVALID';
        },
      );
    }
  });

  const mistyped: [string, unknown, RegExp][] = [
    ['a rule that is null', null, /rule 2 cannot hold: it must be an object/],
    ['a rule without a member', { range: {} }, /rule 2 cannot hold: "member" is missing/],
    ['a member that is a number', { member: 7 }, /"member" must be a JSON pointer.* 7/],
    [
      'a range that is a list',
      { member: '/v', range: [0, 1] },
      /rule 2 for "\/v".*"range" must be an object/,
    ],
    [
      'a bound that is text',
      { member: '/v', range: { minimum: '0' } },
      /"range\.minimum" must be a number, and is '0'/,
    ],
    ['a rate that is a number', { member: '/v', rate: 5 }, /"rate" must be an object, and is 5/],
    ['a rate without its speed', { member: '/v', rate: {} }, /"rate\.perSecond" is missing/],
    ['a counter that is true', { member: '/v', counter: true }, /"counter" must be an object/],
    [
      'a tolerance that is not a number',
      { member: '/v', counter: { tolerance: NaN } },
      /"counter\.tolerance" must be a number/,
    ],
    [
      'sentinels that are one number',
      { member: '/v', sentinels: 65535 },
      /"sentinels" must be a list of numbers/,
    ],
    [
      'sentinels that are texts',
      { member: '/v', sentinels: ['65535'] },
      /"sentinels" must be a list of numbers/,
    ],
    ['a part that there is not', { member: '/v', rnage: {} }, /"rnage" is none of its members/],
    [
      'a member of a part that there is not',
      { member: '/v', stuck: { count: 3, times: 3 } },
      /"stuck\.times" is none/,
    ],
  ];
  for (const [what, rule, sentence] of mistyped) {
    it(`refuses ${what}, naming the rule and the member`, () => {
      const rules = [{ member: '/fine' }, rule] as PlausibilityRule[];
      assert.throws(() => new PlausibilityCheck(rules), { code: 'SETTING_INVALID', message: sentence });
    });
  }

  it('refuses rules that are no list', () => {
    const rules = { member: '/v' } as unknown as PlausibilityRule[];
    assert.throws(() => new PlausibilityCheck(rules), { code: 'SETTING_INVALID' });
  });
});
