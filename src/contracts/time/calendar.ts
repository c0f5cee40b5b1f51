import { fromLocal, parseOffset } from './zone.js';

/** A date and a time of day, as they are written. */
interface Written {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  millisecond: number;
}

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(Z|z|[+-]\d{2}(?::?\d{2})?)?)?$/;

interface Read {
  text: string;
  zone: string;
  time: number | undefined;
}

/**
 * A schema's format check and the reading that follows it ask for the same text one after the other; between the two
 * stands what the payload says.
 */
let [lastRead, readBefore]: Read[] = [];

/** An ISO 8601 text in milliseconds since 1970; undefined for anything else. What is below a millisecond is cut. */
export function timeOfText(text: string, zone: string): number | undefined {
  if (lastRead?.text === text && lastRead.zone === zone) return lastRead.time;
  const read =
    readBefore?.text === text && readBefore.zone === zone
      ? readBefore
      : { text, zone, time: readText(text, zone) };
  readBefore = lastRead;
  lastRead = read;
  return read.time;
}

function readText(text: string, zone: string): number | undefined {
  const usual = usualTime(text);
  if (usual !== undefined) return usual;
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour = 0, minute = 0, written = 0, fraction, zoned] = match;
  const isLeap = written === '60';
  const second = isLeap ? 59 : written;
  const local = localTime({
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    millisecond: fraction === undefined ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0')),
  });
  const offset = zoned === undefined ? 'zone' : parseOffset(zoned);
  if (local === undefined || offset === undefined) return undefined;
  const time = offset === 'zone' ? fromLocal(local, zone) : local - offset;
  if (!isLeap) return time;
  return mayBeLeap(time) ? time + 1000 : undefined;
}

/** `2026-11-29T09:53:56Z`, with milliseconds or without. */
const [SECONDS_LONG, MILLISECONDS_LONG] = [20, 24];

/**
 * A time as nearly all are written, read without an expression: in UTC, to the second or the millisecond. Undefined for
 * whatever has to be looked at more closely.
 */
function usualTime(text: string): number | undefined {
  const isFine = text.length === MILLISECONDS_LONG;
  if (!isFine && text.length !== SECONDS_LONG) return undefined;
  const isUsual =
    has(text, 4, '-') &&
    has(text, 7, '-') &&
    has(text, 10, 'T') &&
    has(text, 13, ':') &&
    has(text, 16, ':') &&
    has(text, text.length - 1, 'Z') &&
    (!isFine || has(text, 19, '.'));
  if (!isUsual) return undefined;
  const time = localTime({
    year: 100 * twoDigits(text, 0) + twoDigits(text, 2),
    month: twoDigits(text, 5),
    day: twoDigits(text, 8),
    hour: twoDigits(text, 11),
    minute: twoDigits(text, 14),
    second: twoDigits(text, 17),
    millisecond: isFine ? 10 * twoDigits(text, 20) + oneDigit(text, 22) : 0,
  });
  return Number.isNaN(time) ? undefined : time;
}

function has(text: string, at: number, character: string): boolean {
  return text.charCodeAt(at) === character.charCodeAt(0);
}

/** NaN where there are no two digits. */
function twoDigits(text: string, at: number): number {
  return 10 * oneDigit(text, at) + oneDigit(text, at + 1);
}

function oneDigit(text: string, at: number): number {
  const digit = text.charCodeAt(at) - 0x30;
  return digit >= 0 && digit <= 9 ? digit : NaN;
}

/**
 * Whether a leap second may follow: they come at the end of June or December, UTC. Clocks that count since 1970 have none;
 * for them it is the second behind it.
 */
function mayBeLeap(time: number): boolean {
  return /-(06-30|12-31)T23:59:59/.test(new Date(time).toISOString());
}

/**
 * Java's `LocalDateTime` as Jackson writes it: `[year, month, day, hour, minute]`, then the seconds and the nanoseconds
 * where they are not 0. Undefined for any other list.
 */
export function timeOfParts(parts: readonly unknown[], zone: string): number | undefined {
  if (parts.length < 5 || parts.length > 7 || !parts.every((part) => Number.isInteger(part)))
    return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, nanosecond = 0] = parts as number[];
  if (nanosecond < 0 || nanosecond > 999_999_999) return undefined;
  const millisecond = Math.floor(nanosecond / 1e6);
  const local = localTime({ year, month, day, hour, minute, second, millisecond });
  return local === undefined ? undefined : fromLocal(local, zone);
}

/** A moment of UTC as such a list, with seconds and nanoseconds only where Jackson writes them. */
export function partsOfTime(milliseconds: number): number[] {
  const date = new Date(milliseconds);
  const seconds = date.getUTCSeconds();
  const nanoseconds = date.getUTCMilliseconds() * 1e6;
  return [
    ...[date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()],
    ...[date.getUTCHours(), date.getUTCMinutes()],
    ...(seconds === 0 && nanoseconds === 0 ? [] : [seconds]),
    ...(nanoseconds === 0 ? [] : [nanoseconds]),
  ];
}

/** Days of a common year before each month. */
const DAYS_BEFORE = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/** Counted as if it were UTC. Undefined for what no calendar and no clock shows: 30 February, 24:61. */
function localTime({ year, month, day, hour, minute, second, millisecond }: Written): number | undefined {
  if (year < 0 || year > 9999 || hour < 0 || hour > 23 || minute < 0 || minute > 59) return undefined;
  if (second < 0 || second > 59) return undefined;
  if (month < 1 || month > 12 || day < 1) return undefined;
  if (year >= 1970 && year < 2100 && day <= 28) {
    // Every fourth year has one day more in these. Date.UTC takes ten times as long.
    const leapDays = Math.floor((year - 1969) / 4) + (month > 2 && year % 4 === 0 ? 1 : 0);
    const days = 365 * (year - 1970) + leapDays + (DAYS_BEFORE[month - 1] ?? NaN) + day - 1;
    return ((days * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + millisecond;
  }
  // Date.UTC takes the years 0 to 99 for 1900 to 1999, and rolls days that do not exist over.
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return date.setUTCHours(hour, minute, second, millisecond);
}
