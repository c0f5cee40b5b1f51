import { GridwireError } from '../../errors.js';
import type { Json } from '../../event.js';
import type { TimeFormat } from './time-format.js';

/** Numbers below this are seconds, above it milliseconds: 1e11 ms is 1973, 1e11 s is the year 5138. */
const SECONDS_BELOW = 1e11;

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(Z|z|[+-]\d{2}(?::?\d{2})?)?)?$/;

/**
 * Reads the moment an event names: ISO 8601 with or without a zone, or seconds or milliseconds since the epoch.
 * @param zone the zone of a text that names none: `UTC` or an IANA name
 * @returns milliseconds since the epoch
 * @throws GridwireError `TIME_INVALID`
 */
export function parseTime(value: Json | undefined, zone: string): number {
  const time =
    typeof value === 'string'
      ? parseIso(value, zone)
      : typeof value === 'number'
        ? parseEpoch(value)
        : undefined;
  if (time === undefined) {
    throw new GridwireError(
      'TIME_INVALID',
      `${value === undefined ? 'Nothing' : JSON.stringify(value)} is not a time; send ISO 8601 such as 2025-10-04T10:15:00Z, or seconds or milliseconds since 1970.`,
      { details: { found: value ?? null } },
    );
  }
  return time;
}

/** Whether `parseTime` would accept the text; used as the JSON Schema format `timestamp`. */
export function isTimeText(text: string): boolean {
  return parseIso(text, 'UTC') !== undefined;
}

/** Writes a moment; UTC with `Z` and milliseconds unless a contract asks for another form. */
export function formatTime(milliseconds: number, format: TimeFormat = 'utc-milliseconds'): string {
  const utc = new Date(milliseconds).toISOString();
  switch (format) {
    case 'utc-milliseconds':
      return utc;
    case 'offset-microseconds':
      return utc.replace('Z', '000+00:00');
    case 'naive-microseconds':
      return utc.replace('Z', '000');
    case 'naive-seconds':
      return utc.replace(/\.\d+Z$/, '');
  }
}

function parseEpoch(value: number): number | undefined {
  if (!Number.isFinite(value) || value < 0) return undefined;
  const milliseconds = value < SECONDS_BELOW ? value * 1000 : value;
  return milliseconds > 8.64e15 ? undefined : Math.round(milliseconds);
}

/** A schema's format check and the reading that follows it ask for the same text twice in a row. */
let lastRead: { text: string; zone: string; time: number | undefined } | undefined;

function parseIso(text: string, zone: string): number | undefined {
  if (lastRead?.text !== text || lastRead.zone !== zone) lastRead = { text, zone, time: readIso(text, zone) };
  return lastRead.time;
}

function readIso(text: string, zone: string): number | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const part = (index: number): number => Number(match[index] ?? 0);
  const [year, month, day] = [part(1), part(2), part(3)];
  const [hour, minute, second] = [part(4), part(5), part(6)];
  const milliseconds = Number(`0.${match[7] ?? '0'}`) * 1000;
  const local = Date.UTC(year, month - 1, day, hour, minute, second) + Math.floor(milliseconds);
  const date = new Date(local);
  // Date.UTC rolls 30 February and 24:61 over; a time that does not exist is refused instead.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const written = match[8];
  if (written === undefined) return local - zoneOffset(local, zone);
  const offset = parseOffset(written);
  return offset === undefined ? undefined : local - offset;
}

function parseOffset(text: string): number | undefined {
  if (text === 'Z' || text === 'z') return 0;
  const hours = Number(text.slice(1, 3));
  const minutes = Number(text.slice(3).replace(':', ''));
  if (hours > 23 || minutes > 59) return undefined;
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/**
 * How far the zone's clock is ahead of UTC when it shows this local time, in milliseconds. In the hour that a change
 * to winter time repeats, the first (summer) reading is taken; in the hour that is skipped, the time after the change.
 */
function zoneOffset(local: number, zone: string): number {
  if (zone === 'UTC') return 0;
  const first = offsetAt(local, zone);
  const summer = offsetAt(local - Math.max(first, 0) - 3_600_000, zone);
  if (offsetAt(local - summer, zone) === summer) return summer;
  return offsetAt(local - first, zone);
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function offsetAt(time: number, zone: string): number {
  let formatter = formatters.get(zone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeZoneName: 'longOffset' });
    formatters.set(zone, formatter);
  }
  const name = formatter.formatToParts(time).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
  return name === 'GMT' ? 0 : (parseOffset(name.slice(3)) ?? 0);
}
