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

  it('names the row and the column that cannot be read', () => {
    for (const row of [{ member: 'a', minimum: 'low' }, { minimum: '1' }]) {
      assert.throws(
        () => readPlausibilityRules([{ member: 'ok' }, row]),
        (error) => error instanceof GridwireError && /^Row 2: "(minimum|member)"/.test(error.message),
      );
    }
  });
});
