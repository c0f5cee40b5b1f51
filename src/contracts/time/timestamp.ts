import { BOUNDS } from '../../bounds.js';
import { GridwireError, errorText } from '../../errors.js';
import { partsOfTime, timeOfParts, timeOfText } from './calendar.js';
import { fittingUnit, isDigits, isInBounds, timeOfDigits, timeOfNumber } from './epoch.js';
import type { TimeFormat } from './time-format.js';

/** How a contract's times may be written beyond texts and numbers. */
export interface TimeForms {
  /** Java's `LocalDateTime` as a list: `[2026, 11, 29, 9, 53, 56]`, with nanoseconds as a seventh member. */
  arrays?: boolean;
}

/**
 * Reads the moment an event names; the one reader of times that come from outside. It takes ISO 8601 with or without a
 * zone, and numbers since 1970: seconds, milliseconds, microseconds and nanoseconds are told apart by their range. A text
 * of digits is read as the number that it writes.
 * @param zone the zone of a time that names none: `UTC` or an IANA name
 * @returns milliseconds since 1970, from 2000 until 2070
 * @throws GridwireError `TIME_INVALID`; a number that fits no unit is answered by the unit it would fit
 */
export function parseTime(value: unknown, zone: string, { arrays = false }: TimeForms = {}): number {
  const time = typeof value === 'number' ? timeOfNumber(value) : timeOf(value, zone, arrays);
  if (time === undefined) throw invalid(value, noTime(value));
  if (isInBounds(time)) return time;
  throw invalid(
    value,
    time < BOUNDS.earliestTime
      ? 'lies before 2000, as the time of a clock that was never set does'
      : 'lies after 2069',
  );
}

/** The moment that `parseTime` reads; undefined for what is no time. */
export function timeOrNone(value: unknown, zone: string, forms: TimeForms = {}): number | undefined {
  const time = typeof value === 'number' ? timeOfNumber(value) : timeOf(value, zone, forms.arrays === true);
  return time !== undefined && isInBounds(time) ? time : undefined;
}

/** Whether a text of digits names a moment; used as the JSON Schema format `unix-time`. */
export function isDigitTime(text: string): boolean {
  return timeOfDigits(text) !== undefined;
}

/** Whether a text has the form of a time, in whatever year; used as the JSON Schema format `timestamp`. */
export function isTimeText(text: string): boolean {
  return timeOfText(text, 'UTC') !== undefined;
}

/** Writes a moment as a document has it: a text, or a list of numbers in the form `java-list`. */
export function timeValue(milliseconds: number, format?: TimeFormat): string | number[] {
  return format === 'java-list' ? partsOfTime(milliseconds) : formatTime(milliseconds, format);
}

/** Writes a moment as a text; UTC with `Z` and milliseconds unless a contract asks for another form. */
export function formatTime(milliseconds: number, format: TimeFormat = 'utc-milliseconds'): string {
  const utc = utcText(milliseconds);
  switch (format) {
    case 'utc-milliseconds':
      return utc;
    case 'offset-microseconds':
      return utc.replace('Z', '000+00:00');
    case 'naive-microseconds':
      return utc.replace('Z', '000');
    case 'java-list':
    case 'naive-seconds':
      return utc.replace(/\.\d+Z$/, '');
  }
}

/** Events are built by the hundred within a millisecond. */
let lastWritten: { milliseconds: number; text: string } | undefined;

function utcText(milliseconds: number): string {
  if (lastWritten?.milliseconds !== milliseconds)
    lastWritten = { milliseconds, text: new Date(milliseconds).toISOString() };
  return lastWritten.text;
}

function timeOf(value: unknown, zone: string, arrays: boolean): number | undefined {
  if (typeof value === 'string') return timeOfText(value, zone) ?? timeOfDigits(value);
  return arrays && Array.isArray(value) ? timeOfParts(value, zone) : undefined;
}

function noTime(value: unknown): string {
  const counts = typeof value === 'string' && isDigits(value) ? Number(value) : value;
  if (typeof counts !== 'number') return 'is not a time';
  const reason = Number.isFinite(counts) ? fittingUnit(counts) : 'it is no number that counts anything';
  return `is not in seconds, milliseconds, microseconds or nanoseconds since 1970: ${reason}`;
}

function invalid(value: unknown, what: string): GridwireError {
  const found = written(value).slice(0, 80);
  return new GridwireError(
    'TIME_INVALID',
    `${found} ${what}. Send ISO 8601 such as 2025-10-04T10:15:00Z, or seconds or milliseconds since 1970, from 2000 until 2070.`,
    { details: { found: value === undefined ? null : found } },
  );
}

function written(value: unknown): string {
  if (value === undefined) return 'Nothing';
  if (typeof value === 'number') return String(value);
  const isJson = ['string', 'boolean', 'object'].includes(typeof value);
  return isJson ? errorText(typeof value === 'string' ? JSON.stringify(value) : value) : `A ${typeof value}`;
}
