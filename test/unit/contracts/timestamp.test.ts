import assert from 'node:assert/strict';
import type { TimeFormat } from '../../../src/contracts/time/time-format.js';
import { formatTime, parseTime } from '../../../src/contracts/time/timestamp.js';
import type { Json } from '../../../src/event.js';
import { refusal } from './helpers/check.js';

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
  ['an offset of 99 hours', '2025-01-01T00:00:00+99:00'],
  ['a negative number', -1],
  ['an object', {}],
  ['a truth value', true],
];

const written: [format: TimeFormat, expected: string][] = [
  ['utc-milliseconds', '2025-01-24T10:30:00.120Z'],
  ['offset-microseconds', '2025-01-24T10:30:00.120000+00:00'],
  ['naive-microseconds', '2025-01-24T10:30:00.120000'],
  ['naive-seconds', '2025-01-24T10:30:00'],
];

describe('times', () => {
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
});
