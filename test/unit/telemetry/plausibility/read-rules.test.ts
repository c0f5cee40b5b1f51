import assert from 'node:assert/strict';
import { readPlausibilityRules } from '../../../../src/telemetry/plausibility/read-rules.js';
import { GridwireError } from '../../../../src/errors.js';

describe('plausibility: rules from a table', () => {
  it('reads what is filled in, and leaves out what is not', () => {
    assert.deepEqual(
      readPlausibilityRules([
        { member: 'voltage', minimum: '200', maximum: '', perSecond: '5', counter: 'no', sentinels: 'no' },
        { member: '/meter/total', counter: 'resets', perSecond: '0.01', tolerance: '0.2', stuck: '10' },
        { member: 'total', counter: 'yes' },
      ]),
      [
        { member: '/voltage', range: { minimum: 200 }, rate: { perSecond: 5 } },
        {
          member: '/meter/total',
          counter: { perSecond: 0.01, resetBelow: 1, tolerance: 0.2 },
          stuck: { count: 10 },
        },
        { member: '/total', counter: {} },
      ],
    );
    assert.deepEqual(readPlausibilityRules(undefined), []);
  });

  it('reads restarts and marks', () => {
    const [rule, other] = readPlausibilityRules([
      { member: 'total', counter: 'anywhere', confirm: '5', marks: '-9999, 999.9;0xFFFE -0x7fff' },
      { member: 'power', sentinels: 'yes', marks: '-1' },
    ]);
    assert.deepEqual(rule, {
      member: '/total',
      counter: { resetBelow: Infinity, confirm: 5 },
      sentinels: [-9999, 999.9, 65534, -32767],
    });
    assert.equal(other?.sentinels?.at(-1), -1);
    assert.ok(other.sentinels.includes(0x8000));
  });

  it('names the row and the column that cannot be read', () => {
    const bad = [
      { member: 'a', minimum: 'low' },
      { minimum: '1' },
      { member: 'a', marks: 'none' },
      { member: 'a', counter: 'perhaps' },
      { member: 'a', sentinels: 'perhaps' },
      { member: 'a', marks: '-' },
      { member: 'a', marks: '1e999' },
      { member: 'a', minimum: '0x10' },
      { member: 'a', minimum: true },
      { member: {} },
    ];
    for (const row of bad) {
      assert.throws(
        () => readPlausibilityRules([{ member: 'ok' }, row]),
        (error) =>
          error instanceof GridwireError &&
          /^Row 2: "(minimum|member|marks|counter|sentinels)"/.test(error.message),
      );
    }
  });
});
