import assert from 'node:assert/strict';
import { Alarms } from '../../../../src/observe/alarms/alarms.js';
import { shownAlarm } from '../../../../src/observe/alarms/shown-alarm.js';
import { ManualClock } from '../../../support/manual-clock.js';

describe('an alarm as others read it', () => {
  it('began when the clock says now, though the machine began with a wrong one', async () => {
    const clock = new ManualClock(Date.UTC(1970, 0, 1));
    const alarms = new Alarms({ delay: 0, hold: 0, most: 10 });
    alarms.look(
      [{ name: 'clock-wrong', subject: 'clock', severity: 'warning', text: 'It is.' }],
      clock.now(),
    );
    await clock.pass(5_000);
    clock.wallOffset = Date.UTC(2026, 11, 1);
    const [since] = alarms.active.map((alarm) => new Date(shownAlarm(alarm, clock).since).toISOString());
    assert.equal(since, '2026-12-01T00:00:00.000Z');
  });
});
