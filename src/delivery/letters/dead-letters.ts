import { BOUNDS } from '../../bounds.js';
import type { DeadLetterData } from '../../contracts/contract-data.js';
import { formatTime } from '../../contracts/time/timestamp.js';
import { besides, headerEntries, type Headers, type WireMessage } from '../../event.js';
import { headerPairs, headersOfPairs } from '../../header-order.js';
import type { Failure } from './failure.js';
import { failureHeaders, LEFT_OUT } from './headers/dialects.js';
import type { DialectName, FailureRecord } from './headers/failure-headers.js';
import { recordOf } from './record.js';

const JSON_TYPE = 'application/json';

/**
 * The dead letter for a failure by the contract's rule. With form `original` the body is the original bytes and the
 * reason is in headers; where the broker carries no headers, or with form `record`, the body is a JSON record. The
 * original's own headers go on as headers, or stand in the record where there are none.
 * @param topic the dead-letter topic
 * @param dialect how the headers are written; undefined if the broker that takes the letter carries none
 */
export function deadLetter(
  failure: Failure,
  rule: DeadLetterData,
  topic: string,
  dialect: DialectName | undefined,
): WireMessage {
  const base = { topic, qos: rule.qos, retain: false };
  if (dialect === undefined) {
    const document = recordOf(failure, rule, true);
    return { ...base, body: Buffer.from(JSON.stringify(document)), headers: {}, contentType: JSON_TYPE };
  }
  const { headerOrder: _order, ...parts } = besides(failure);
  const carried = { ...base, ...parts, ...lettered(failure, failureHeaders(factsOf(failure), dialect)) };
  if (rule.form === 'original') return { ...carried, body: failure.body };
  // A record is a document in any case, whatever it holds.
  const { tombstone: _tombstone, contentType: _contentType, ...letter } = carried;
  const document = recordOf(failure, rule, false);
  const contentType = hasContentTypeHeader(failure.headers) ? {} : { contentType: JSON_TYPE };
  return { ...letter, body: Buffer.from(JSON.stringify(document)), ...contentType };
}

/** Kafka has content types in a header: where the original's is given twice, or has no value, there is no room for another. */
function hasContentTypeHeader(headers: Headers): boolean {
  const header = headers['content-type'];
  return header === null || Array.isArray(header);
}

/** The original's headers and those of the failure: together no more than a message may have. */
function lettered(failure: Failure, own: Headers): Pick<WireMessage, 'headers' | 'headerOrder'> {
  const pairs = headerPairs(failure);
  const room = BOUNDS.headers - headerEntries(own).length;
  const { headerOrder } = failure;
  if (pairs.length <= room)
    return { headers: { ...failure.headers, ...own }, ...(headerOrder === undefined ? {} : { headerOrder }) };
  const kept = headersOfPairs(pairs.slice(0, room - 1));
  const leftOut = String(pairs.length - room + 1);
  return { ...kept, headers: { ...kept.headers, [LEFT_OUT]: leftOut, ...own } };
}

function factsOf({ topic, error, time, place, expiresAt, incomplete }: Failure): FailureRecord {
  return {
    ...place,
    topic,
    code: error.code,
    reason: error.message,
    fault: error.fault,
    failedAt: formatTime(time),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(incomplete === undefined ? {} : { incomplete }),
  };
}
