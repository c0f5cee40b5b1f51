import type { Headers } from '../../../event.js';
import type { DialectName, FailureRecord, HeaderDialect } from './failure-headers.js';
import { GRIDWIRE } from './gridwire.js';
import { present, readText, readWhole } from './header-values.js';
import { KAFKA_CONNECT } from './kafka-connect.js';
import { SPRING } from './spring.js';

/** Every dialect, in the order in which a letter is read. */
export const HEADER_DIALECTS: readonly HeaderDialect[] = [GRIDWIRE, KAFKA_CONNECT, SPRING];

/** The failure headers of a dead letter in one dialect. */
export function failureHeaders(failure: FailureRecord, dialect: DialectName = 'gridwire'): Headers {
  const { expiresAt, incomplete } = failure;
  const written = (HEADER_DIALECTS.find(({ name }) => name === dialect) ?? GRIDWIRE).write(failure);
  return {
    ...wellFormed(written),
    // No dialect has a place for it. As the letter's own expiry it would end the letter.
    ...(expiresAt === undefined ? {} : { [EXPIRES_AT]: String(expiresAt) }),
    ...(incomplete === undefined ? {} : { [INCOMPLETE]: 'true' }),
  };
}

/**
 * Half of a character, as a name from a flow or a reason that was cut may have it, becomes U+FFFD: brokers take none, and
 * the letter would be lost for what it says of its failure.
 */
function wellFormed(headers: Headers): Headers {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'string' ? value.toWellFormed() : value,
    ]),
  );
}

/** Whether the letter lacks some of what failed, which could not be read or kept. */
const INCOMPLETE = 'gridwire-failure-incomplete';
const EXPIRES_AT = 'gridwire-original-expires-at';
/** How many headers of the original a letter has no room for. */
export const LEFT_OUT = 'gridwire-failure-headers-left-out';

/** What a dead letter's headers say, and in which dialect; undefined if it is none that is known. */
export function readFailure(headers: Headers): { dialect: DialectName; failure: FailureRecord } | undefined {
  for (const dialect of HEADER_DIALECTS) {
    const failure = dialect.read(headers);
    if (failure) return { dialect: dialect.name, failure: { ...failure, ...besidesDialects(headers) } };
  }
  return undefined;
}

function besidesDialects(
  headers: Headers,
): Pick<FailureRecord, 'expiresAt' | 'headersLeftOut' | 'incomplete'> {
  const expiresAt = readWhole(headers, EXPIRES_AT);
  const headersLeftOut = readWhole(headers, LEFT_OUT);
  const isMoment = expiresAt !== undefined && !Number.isNaN(new Date(expiresAt).getTime());
  const incomplete = readText(headers, INCOMPLETE) === 'true' ? true : undefined;
  return present({ expiresAt: isMoment ? expiresAt : undefined, headersLeftOut, incomplete });
}

/** The headers that the message had before it became a dead letter; for its replay. */
export function withoutFailure(headers: Headers): Headers {
  const prefixes = HEADER_DIALECTS.flatMap((dialect) => dialect.prefixes);
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !prefixes.some((prefix) => name.startsWith(prefix))),
  );
}
