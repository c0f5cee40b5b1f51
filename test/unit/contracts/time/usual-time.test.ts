import assert from 'node:assert/strict';
import { timeOfText } from '../../../../src/contracts/time/calendar.js';

/** The same moment in another spelling, which only the general reader knows. */
function general(text: string): number | undefined {
  return timeOfText(text.replace('Z', '+00:00'), 'UTC');
}

describe('a time as nearly all are written', () => {
  it('is read as its other spelling, at every edge of the calendar and the clock', () => {
    for (const year of ['0000', '0099', '1900', '2000', '2024', '2025', '9999'])
      for (const month of ['00', '01', '02', '06', '12', '13'])
        for (const day of ['00', '01', '28', '29', '30', '31', '32'])
          for (const clock of [
            '00:00:00',
            '23:59:59',
            '23:59:60',
            '24:00:00',
            '12:60:00',
            '12:00:61',
            '09:05:07.048',
          ]) {
            const text = `${year}-${month}-${day}T${clock}Z`;
            assert.equal(timeOfText(text, 'UTC'), general(text), text);
          }
  });

  it('is the moment that the calendar has there, through all leap years of a century and past its end', () => {
    for (let year = 1968; year <= 2104; year += 1)
      for (let month = 1; month <= 12; month += 1)
        for (const day of ['01', '28']) {
          const text = `${year}-${String(month).padStart(2, '0')}-${day}T21:43:05.678Z`;
          assert.equal(timeOfText(text, 'UTC'), Date.parse(text), text);
        }
  });

  it('is none with any other character in any place', () => {
    for (const text of ['2025-10-04T10:15:09Z', '2025-10-04T10:15:09.048Z']) {
      assert.equal(timeOfText(text, 'UTC'), Date.parse(text));
      for (let at = 0; at < text.length; at += 1)
        for (const other of ['/', ':', 'a', '\u0660', '+', 'x']) {
          const wrong = text.slice(0, at) + other + text.slice(at + 1);
          if (wrong !== text) assert.equal(timeOfText(wrong, 'UTC'), undefined, wrong);
        }
    }
  });
});
