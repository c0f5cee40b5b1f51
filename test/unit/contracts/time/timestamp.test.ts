import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { TimeFormat } from '../../../../src/contracts/time/time-format.js';
import { formatTime, parseTime } from '../../../../src/contracts/time/timestamp.js';
import type { Json } from '../../../../src/event.js';
import { refusal } from '../helpers/check.js';

const utc = (text: string): number => Date.parse(text);

const read: [name: string, value: Json, zone: string, expected: number][] = [
  ['UTC with Z', '2025-10-04T10:15:00Z', 'UTC', utc('2025-10-04T10:15:00Z')],
  ['milliseconds', '2024-01-15T10:30:00.000Z', 'UTC', utc('2024-01-15T10:30:00Z')],
  ['naive microseconds (CELINE)', '2025-01-24T10:30:00.123456', 'UTC', utc('2025-01-24T10:30:00.123Z')],
  [
    'an offset with microseconds (TaylorDash)',
    '2025-01-15T10:30:00.123456+00:00',
    'UTC',
    utc('2025-01-15T10:30:00.123Z'),
  ],
  ['an offset of five and a half hours', '2025-01-15T16:00:00+05:30', 'UTC', utc('2025-01-15T10:30:00Z')],
  ['no zone (EcoGrid)', '2025-10-04T10:15:00', 'UTC', utc('2025-10-04T10:15:00Z')],
  ['no zone, in a zone of its own', '2025-10-04T10:15:00', 'Europe/Athens', utc('2025-10-04T07:15:00Z')],
  ['an offset wins over the zone', '2025-10-04T10:15:00Z', 'Europe/Athens', utc('2025-10-04T10:15:00Z')],
  ['seconds since 1970 (Battery Hawk)', 1705314600.25, 'UTC', utc('2024-01-15T10:30:00.250Z')],
  ['milliseconds since 1970', 1705314600250, 'UTC', utc('2024-01-15T10:30:00.250Z')],
  ['summer time in Berlin', '2025-07-01T12:00:00', 'Europe/Berlin', utc('2025-07-01T10:00:00Z')],
  ['winter time in Berlin', '2025-01-01T12:00:00', 'Europe/Berlin', utc('2025-01-01T11:00:00Z')],
  [
    'the hour that repeats: the first reading',
    '2025-10-26T02:30:00',
    'Europe/Berlin',
    utc('2025-10-26T00:30:00Z'),
  ],
  ['the hour after it', '2025-10-26T03:00:00', 'Europe/Berlin', utc('2025-10-26T02:00:00Z')],
  [
    'the hour that is skipped: after the change',
    '2025-03-30T02:30:00',
    'Europe/Berlin',
    utc('2025-03-30T01:30:00Z'),
  ],
  ['microseconds since 1970', 1705314600250000, 'UTC', utc('2024-01-15T10:30:00.250Z')],
  ['nanoseconds since 1970', 1705314600250000000, 'UTC', utc('2024-01-15T10:30:00.250Z')],
  ['a part of a second that no fraction of two is', 1705314600.001, 'UTC', utc('2024-01-15T10:30:00.001Z')],
  ['the first moment', '2000-01-01T00:00:00Z', 'UTC', utc('2000-01-01T00:00:00Z')],
  ['milliseconds, as they are written', '2025-01-24T10:30:00.285', 'UTC', utc('2025-01-24T10:30:00.285Z')],
  ['the hour that is skipped in Athens', '2025-03-30T03:15:00', 'Europe/Athens', utc('2025-03-30T01:15:00Z')],
  ['the hour that repeats in Athens', '2025-10-26T03:15:00', 'Europe/Athens', utc('2025-10-26T00:15:00Z')],
  [
    'the half hour skipped on Lord Howe',
    '2025-10-05T02:15:00',
    'Australia/Lord_Howe',
    utc('2025-10-04T15:45:00Z'),
  ],
  ['the day that Samoa skipped', '2011-12-30T12:00:00', 'Pacific/Apia', utc('2011-12-30T22:00:00Z')],
  [
    'the hour that repeats in New York',
    '2025-11-02T01:30:00',
    'America/New_York',
    utc('2025-11-02T05:30:00Z'),
  ],
];

const refused: [name: string, value: Json][] = [
  ['words', 'yesterday'],
  ['a day that does not exist', '2025-02-29T00:00:00Z'],
  ['the 25th hour', '2025-01-01T25:00:00Z'],
  ['minute 60', '2025-01-01T00:60:00Z'],
  ['second 60 where none is ever put in', '2025-01-01T00:00:60Z'],
  ['second 60 in a zone’s own evening', '2016-12-31T23:59:60+01:00'],
  ['second 61', '2016-12-31T23:59:61Z'],
  ['digits that begin with a zero', '01705314600'],
  ['an offset of 99 hours', '2025-01-01T00:00:00+99:00'],
  ['a negative number', -1],
  ['the year 1, in which clocks begin that were never set', '0001-01-01T00:00:00Z'],
  ['the year 99', '0099-01-01T00:00:00'],
  ['1970', '1970-01-01T00:00:00Z'],
  ['the end of 1999', '1999-12-31T23:59:59.999Z'],
  ['1999 by its offset', '2000-01-01T00:30:00+01:00'],
  ['2070', '2070-01-01T00:00:00Z'],
  ['the year 9999', '9999-12-31T23:59:59Z'],
  ['zero', 0],
  ['minus zero', -0],
  ['an uptime of three days', 259_200],
  ['an uptime of three days in milliseconds', 259_200_000],
  ['the year 53992', 1.641e12 * 1e9],
  ['what is no number', NaN],
  ['Infinity', Infinity],
  ['digits that are no date and no count', '20240115103000'],
  ['a list, where the contract has none', [2026, 11, 29, 9, 53, 56]],
  ['an object', {}],
  ['a truth value', true],
];

const written: [format: TimeFormat, expected: string][] = [
  ['utc-milliseconds', '2025-01-24T10:30:00.120Z'],
  ['offset-microseconds', '2025-01-24T10:30:00.120000+00:00'],
  ['naive-microseconds', '2025-01-24T10:30:00.120000'],
  ['naive-seconds', '2025-01-24T10:30:00'],
];

/** Numbers that no unit fits, and what the refusal must name. */
const named: [name: string, value: number, hint: RegExp][] = [
  ['zero', 0, /zero, as a clock that was never set/],
  ['an uptime', 259_200, /an uptime/],
  ['minutes', 28_421_910, /minutes since 1970 \(2024-01-15\)/],
  ['days', 19_737, /days since 1970 \(2024-01-15\)/],
  ['NTP', 3_914_303_400, /seconds since 1900 \(NTP\) \(2024-01-15\)/],
  ['Windows', 133_497_846_000_000_000, /ticks of 100 ns since 1601 \(Windows\) \(2024-01-15\)/],
  ['.NET', 638_409_114_000_000_000, /ticks of 100 ns since the year 1 \(\.NET\) \(2024-01-15\)/],
  ['seconds of the year 2300', 10_413_792_000, /nearest unit is seconds, which gives 2300-01-01/],
];

/** LocalDateTime as Spring's JSON writer has it, in Athens. */
const arrays: [name: string, value: Json, expected: number | undefined][] = [
  ['with seconds', [2026, 11, 29, 9, 53, 56], utc('2026-11-29T07:53:56Z')],
  ['without seconds', [2026, 11, 29, 9, 53], utc('2026-11-29T07:53:00Z')],
  ['with nanoseconds', [2026, 11, 29, 9, 53, 56, 123_456_789], utc('2026-11-29T07:53:56.123Z')],
  ['a date alone', [2026, 11, 29], undefined],
  ['30 February', [2026, 2, 30, 0, 0], undefined],
  ['the 25th hour', [2026, 2, 1, 25, 0], undefined],
  ['texts', ['2026', '2', '1', '0', '0'], undefined],
  ['fractions', [2026, 2, 1, 0, 0, 0.5], undefined],
  ['the year 1', [1, 1, 1, 0, 0], undefined],
  ['eight members', [2026, 11, 29, 9, 53, 56, 0, 0], undefined],
  ['nothing', [], undefined],
];

describe('leap seconds', () => {
  it('are the second behind them, as for every clock that counts since 1970', () => {
    for (const text of ['2016-12-31T23:59:60Z', '2017-01-01T00:59:60+01:00', '2016-12-31t23:59:60z'])
      assert.equal(parseTime(text, 'UTC'), Date.UTC(2017, 0, 1), text);
    assert.equal(parseTime('2015-06-30T23:59:60.5Z', 'UTC'), Date.UTC(2015, 6, 1) + 500);
    assert.equal(parseTime('2017-01-01T00:59:60', 'Europe/Berlin'), Date.UTC(2017, 0, 1));
  });
});

describe('digits', () => {
  it('that are no time are told what they would fit, as a number is', () => {
    const { message } = refusal(() => parseTime('132536736001234567', 'UTC'));
    assert.match(message, /ticks of 100 ns since 1601 \(Windows\)/);
  });
});

describe('times', () => {
  for (const value of [1n, () => 1, Symbol('x'), null, undefined, { toJSON: () => 1n }]) {
    it(`refuses a ${typeof value} that a flow may hold`, () => {
      assert.equal(refusal(() => parseTime(value, 'UTC')).code, 'TIME_INVALID');
    });
  }

  for (const [name, value, zone, expected] of read) {
    it(`reads ${name}`, () => assert.equal(parseTime(value, zone), expected));
  }
  for (const [name, value] of refused) {
    it(`refuses ${name}`, () => assert.equal(refusal(() => parseTime(value, 'UTC')).code, 'TIME_INVALID'));
  }
  for (const [format, expected] of written) {
    it(`writes ${format}, and reads it back`, () => {
      const time = utc('2025-01-24T10:30:00.120Z');
      assert.equal(formatTime(time, format), expected);
      assert.ok(Math.abs(parseTime(expected, 'UTC') - time) < 1000);
    });
  }

  for (const [name, value, hint] of named) {
    it(`names the unit that ${name} would fit`, () => {
      assert.match(refusal(() => parseTime(value, 'UTC')).message, hint);
    });
  }
  for (const [name, value, expected] of arrays) {
    it(`${expected === undefined ? 'refuses' : 'reads'} a list: ${name}`, () => {
      const read = () => parseTime(value, 'Europe/Athens', { arrays: true });
      if (expected === undefined) assert.equal(refusal(read).code, 'TIME_INVALID');
      else assert.equal(read(), expected);
    });
  }

  const moments = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2070, 0, 1) - 1 });

  it('reads one moment from seconds, milliseconds, microseconds, nanoseconds and text alike', () => {
    fc.assert(
      fc.property(moments, (moment) => {
        const text = new Date(moment).toISOString();
        const nanoseconds = JSON.parse(`${moment}000000`) as number;
        for (const value of [moment / 1000, moment, moment * 1000, text]) {
          assert.equal(parseTime(value, 'Europe/Berlin'), moment);
        }
        assert.ok(Math.abs(parseTime(nanoseconds, 'UTC') - moment) <= 1);
      }),
    );
  });

  it('reads any number either within the bounds or not at all', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        let time: number;
        try {
          time = parseTime(value, 'UTC');
        } catch {
          return;
        }
        assert.ok(time >= Date.UTC(2000, 0, 1) && time < Date.UTC(2070, 0, 1), String(value));
      }),
    );
  });

  it('reads a local time that a zone shows as a moment that shows it', () => {
    const zones = fc.constantFrom(
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
    );
    fc.assert(
      fc.property(moments, zones, (moment, zone) => {
        const shown = localTime(moment, zone);
        assert.equal(localTime(parseTime(shown, zone), zone), shown);
      }),
    );
  });
});

function localTime(moment: number, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(
    moment,
  );
}
