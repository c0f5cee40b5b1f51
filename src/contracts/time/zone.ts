import { GridwireError } from '../../errors.js';

const DAY = 86_400_000;

/**
 * The moment at which a zone's clocks show a local time, in milliseconds since 1970. Where the clocks show it twice
 * (the hour that a change to winter time repeats) the first is meant; where they never show it (the hour that is
 * skipped) it is the time that the clocks would show had they not been changed, so that 02:30 is read as 03:30. This is
 * what Java and the Temporal proposal do.
 * @param local the local time, counted as if it were UTC
 * @param zone `UTC` or an IANA name
 */
export function fromLocal(local: number, zone: string): number {
  if (zone === 'UTC') return local;
  const before = offsetAt(local - DAY, zone);
  const after = offsetAt(local + DAY, zone);
  if (before === after || offsetAt(local - before, zone) === before) return local - before;
  return offsetAt(local - after, zone) === after ? local - after : local - before;
}

/** @throws GridwireError `CONTRACT_INVALID` for a zone that this machine does not know */
export function assertZone(zone: unknown): void {
  try {
    if (typeof zone === 'string') {
      offsetAt(0, zone);
      return;
    }
  } catch {
    // Said below.
  }
  throw new GridwireError(
    'CONTRACT_INVALID',
    `The time zone ${JSON.stringify(zone)} is not known. Use UTC or a name such as Europe/Berlin.`,
  );
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** How far a zone's clocks are ahead of UTC at a moment, milliseconds. */
function offsetAt(time: number, zone: string): number {
  let formatter = formatters.get(zone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeZoneName: 'longOffset' });
    formatters.set(zone, formatter);
  }
  const name = formatter.formatToParts(time).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
  return parseOffset(name.slice('GMT'.length)) ?? 0;
}

/**
 * `Z`, `+02`, `+0200` or `+02:00` in milliseconds, with seconds as the local times of old have them; undefined for an
 * offset that no zone has.
 */
export function parseOffset(text: string): number | undefined {
  if (text === '' || text === 'Z' || text === 'z') return 0;
  const [, sign, hours, minutes = 0, seconds = 0] =
    /^([+-])(\d\d)(?::?(\d\d)(?::?(\d\d))?)?$/.exec(text) ?? [];
  if (sign === undefined || Number(hours) > 23 || Number(minutes) > 59) return undefined;
  const total = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return (sign === '-' ? -1 : 1) * total * 1000;
}
