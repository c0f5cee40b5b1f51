import assert from 'node:assert/strict';
import type { GridwireError } from '../../../src/errors.js';
import { readAlertRules } from '../../../src/telemetry/read-alert-rules.js';

const row = { type: 'LOW_SOC', member: 'soc', side: 'below', limit: '20', severity: 'HIGH' };
const read = (more: object) => readAlertRules([{ ...row, ...more }], ['LOW', 'HIGH']);

describe('thresholds of the panel', () => {
  it('are read as the rules of a contract are written', () => {
    assert.deepEqual(read({}), [{ type: 'LOW_SOC', member: '/soc', below: 20, severity: 'HIGH' }]);
    assert.deepEqual(read({ side: 'above', limit: -1.5, clearAt: '-2', member: '/pack/0/soc' }), [
      { type: 'LOW_SOC', member: '/pack/0/soc', above: -1.5, clearAt: -2, severity: 'HIGH' },
    ]);
  });

  const faults: [fault: string, more: object, reason: RegExp][] = [
    ['no name', { type: ' ' }, /^Threshold 1, alert:/],
    ['a name that is too long', { type: 'A'.repeat(101) }, /alert: needs a name/],
    ['no member', { member: '' }, /member: names no member/],
    ['neither above nor below', { side: 'around' }, /side: is "around"/],
    ['no limit', { limit: '' }, /limit: must be a number/],
    ['a limit that is no number', { limit: 'high' }, /limit: must be a number/],
    ['an infinite limit', { limit: 'Infinity' }, /limit: must be a number/],
    ['over before it is passed', { clearAt: '19' }, /over at: must be a number that is not below 20/],
    ['over at no number', { clearAt: 'x' }, /over at:/],
    ['a severity that the event does not know', { severity: 'BAD' }, /severity: must be one of LOW, HIGH/],
  ];
  for (const [fault, more, reason] of faults) {
    it(`are refused with the row and the column: ${fault}`, () => {
      assert.throws(
        () => read(more),
        (error: GridwireError) => error.code === 'SETTING_INVALID' && reason.test(error.message),
      );
    });
  }
});
