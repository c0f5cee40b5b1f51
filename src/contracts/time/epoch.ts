import { BOUNDS } from '../../bounds.js';

interface Unit {
  name: string;
  /** How many of them a millisecond has. */
  perMillisecond: number;
}

/** What a number may count since 1970. Within the bounds no number fits two of them. */
const UNITS: readonly Unit[] = [
  { name: 'seconds', perMillisecond: 0.001 },
  { name: 'milliseconds', perMillisecond: 1 },
  { name: 'microseconds', perMillisecond: 1e3 },
  { name: 'nanoseconds', perMillisecond: 1e6 },
];

interface Count extends Unit {
  /** Milliseconds from 1970 to where the count begins. */
  begins: number;
}

/** Other counts that devices and programs write; they are never guessed, but named to whoever sent one. */
const FOREIGN: readonly Count[] = [
  { name: 'minutes since 1970', perMillisecond: 1 / 60_000, begins: 0 },
  { name: 'hours since 1970', perMillisecond: 1 / 3_600_000, begins: 0 },
  { name: 'days since 1970', perMillisecond: 1 / 86_400_000, begins: 0 },
  {
    name: 'days since 1899-12-30 (a spreadsheet)',
    perMillisecond: 1 / 86_400_000,
    begins: Date.UTC(1899, 11, 30),
  },
  { name: 'seconds since 2001 (Apple)', perMillisecond: 0.001, begins: Date.UTC(2001, 0, 1) },
  { name: 'seconds since 1904 (LabVIEW)', perMillisecond: 0.001, begins: Date.UTC(1904, 0, 1) },
  { name: 'seconds since 1900 (NTP)', perMillisecond: 0.001, begins: Date.UTC(1900, 0, 1) },
  { name: 'ticks of 100 ns since 1601 (Windows)', perMillisecond: 1e4, begins: Date.UTC(1601, 0, 1) },
  { name: 'ticks of 100 ns since the year 1 (.NET)', perMillisecond: 1e4, begins: -62_135_596_800_000 },
];

/** Twenty years around the present, so that a hint is one. */
const LIKELY = { from: Date.UTC(2015, 0, 1), to: Date.UTC(2035, 0, 1) };

/**
 * A number that counts since 1970, in milliseconds: seconds, milliseconds, microseconds and nanoseconds are told apart
 * by their range. What is below a millisecond is cut. Undefined for what fits none of them.
 */
export function timeOfNumber(value: number): number | undefined {
  for (const { perMillisecond } of UNITS) {
    const time = value / perMillisecond;
    // Through microseconds: 1.001 s are 1000.9999999999999 ms otherwise.
    if (isInBounds(time)) return Math.floor(Math.round(time * 1000) / 1000);
  }
  return undefined;
}

/** A text of digits that a number since 1970 may be: nine digits are seconds of the year 2000. */
const DIGITS = /^[1-9]\d{8,18}(?:\.\d{1,9})?$/;

export function isDigits(text: string): boolean {
  return DIGITS.test(text);
}

/** The moment that a text of digits names; it is read as the number that it writes. */
export function timeOfDigits(text: string): number | undefined {
  if (!isDigits(text)) return undefined;
  const nanoseconds = nanosecondsOf(text);
  return nanoseconds === undefined ? timeOfNumber(Number(text)) : Number(nanoseconds / PER_MILLISECOND);
}

/** A count of nanoseconds, or seconds with so many decimals that only nanoseconds have, as Java writes an Instant. */
const FINE = /^(\d{18,19}|\d{9,10}\.\d{8,9})$/;
const PER_MILLISECOND = 1_000_000n;

/**
 * Nanoseconds since 1970 that a number says which is written so finely that a double holds it only by chance; undefined
 * for any other number.
 */
export function nanosecondsOf(written: string): bigint | undefined {
  if (!FINE.test(written)) return undefined;
  const [whole = '', fraction] = written.split('.');
  const nanoseconds = BigInt(whole + (fraction ?? '').padEnd(fraction === undefined ? 0 : 9, '0'));
  return isInBounds(Number(nanoseconds / PER_MILLISECOND)) ? nanoseconds : undefined;
}

/** Nanoseconds since 1970 as ISO 8601 with nine decimals. */
export function nanosecondText(nanoseconds: bigint): string {
  const below = String(nanoseconds % PER_MILLISECOND).padStart(6, '0');
  return new Date(Number(nanoseconds / PER_MILLISECOND)).toISOString().replace('Z', `${below}Z`);
}

export function isInBounds(time: number): boolean {
  return time >= BOUNDS.earliestTime && time < BOUNDS.latestTime;
}

/** Which unit a number that was refused would fit, as half a sentence. */
export function fittingUnit(value: number): string {
  if (value <= 0) return `it is ${value === 0 ? 'zero' : 'negative'}, as a clock that was never set has it`;
  const fits = FOREIGN.filter(({ perMillisecond, begins }) => {
    const time = value / perMillisecond + begins;
    return time >= LIKELY.from && time < LIKELY.to;
  }).map(({ name, perMillisecond, begins }) => `${name} (${day(value / perMillisecond + begins)})`);
  // Less than since 2000, and more than any clock shows.
  if (value * 1000 < BOUNDS.earliestTime) fits.push('seconds since the device was started (an uptime)');
  if (fits.length > 0) return `it would fit ${fits.join(', or ')}`;
  const nearest = UNITS.map(({ name, perMillisecond }) => ({ name, time: value / perMillisecond })).reduce(
    (best, each) => (distance(each.time) < distance(best.time) ? each : best),
  );
  return `the nearest unit is ${nearest.name}, which gives ${day(nearest.time)}`;
}

function distance(time: number): number {
  return time < BOUNDS.earliestTime ? BOUNDS.earliestTime / time : time / BOUNDS.latestTime;
}

function day(time: number): string {
  return time <= 8.64e15 ? new Date(time).toISOString().replace(/T.*/, '') : 'no date at all';
}
