import { Contract } from '../../contracts/contract.js';
import type { TopicTemplate } from '../../contracts/topic-template.js';
import { contracts } from '../../contracts/library/built-in.js';
import { type Besides, besides, type WireMessage } from '../../event.js';
import { readFailure, withoutFailure } from './headers/dialects.js';
import type { DialectName, FailureRecord } from './headers/failure-headers.js';
import { type LetteredMessage, readRecord } from './record.js';

/** A dead letter that was read from where letters lie. */
export interface ReadLetter {
  /** How it says why: in headers of one of the dialects, or as a record. */
  dialect: DialectName | 'record';
  failure: FailureRecord;
  /** The message that failed, as far as the letter has it. */
  original: LetteredMessage;
}

/** How topics are named on which letters lie, or wait for another attempt: by a whole part of the name. */
const LETTERS =
  /^(?:dlq|dlt|dead[-_]?letters?)(?:[-_]|$)|(?:^|[-_])(?:dlq|dlt|dead[-_]?letters?|retry)(?:[-_]?\d+)?$/i;

/**
 * The dead letter that a message is, by its headers, or by its body where the broker carries none, if that may be believed:
 * whoever sends an event can write them too, and would choose where it goes when it is repaired. They count only on topics
 * that hold letters. A topic of an event type is none, whatever a device has put into its parameters.
 * @param contract of the flow; the built-in ones count in any case
 */
export function trustedLetter(
  message: Pick<WireMessage, 'topic' | 'headers' | 'body'> & Besides,
  contract: Contract | undefined,
): ReadLetter | undefined {
  if (!holdsLetters(message.topic, contract)) return undefined;
  const { deadLetter } = (contract ?? everyContract()[0])?.data ?? {};
  if (deadLetter === undefined) return undefined;
  const said = readFailure(message.headers);
  const isRecord = said === undefined || deadLetter.form === 'record';
  const record = isRecord ? readRecord(message.body, deadLetter) : undefined;
  if (said === undefined)
    return record && { dialect: 'record', failure: record.failure, original: record.message };
  const { expiresAt } = said.failure;
  const headers = withoutFailure(message.headers);
  // The content type beside a record is the record's own.
  const { contentType, ...others } = besides(message);
  const isOfRecord = record?.failure.topic === said.failure.topic;
  const recorded = record?.message.contentType;
  const type = isOfRecord ? recorded : contentType;
  return {
    ...said,
    original: {
      ...others,
      headers,
      body: isOfRecord ? record.message.body : message.body,
      ...(type === undefined ? {} : { contentType: type }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    },
  };
}

/** What nearly no topic has; all that `LETTERS` finds has one of these. */
const MAY_HOLD_LETTERS = /dl[qt]|dead|retry/i;

function holdsLetters(topic: string, contract: Contract | undefined): boolean {
  if (!MAY_HOLD_LETTERS.test(topic)) return false;
  const name = topic.replaceAll('.', '/');
  if (!isMarked(name)) return false;
  const known = contract === undefined ? everyContract() : [contract, ...everyContract()];
  return !known.some(({ types }) =>
    types.some((type) => hasBelow(topic, type.topic) || hasBelow(name, type.topic)),
  );
}

function isMarked(name: string): boolean {
  return name.split(/[/.]/).some((part) => LETTERS.test(part));
}

/** Whether a topic has a form at its end, below a prefix that other flows may have; one that names letters makes it theirs. */
function hasBelow(topic: string, form: TopicTemplate): boolean {
  let start = topic.length + 1;
  for (let count = form.levels.length; count > 0 && start > 0; count -= 1)
    start = topic.lastIndexOf('/', start - 2) + 1;
  return form.fits(topic.slice(start)) && !isMarked(topic.slice(0, start));
}

let builtIn: Contract[] | undefined;

function everyContract(): Contract[] {
  builtIn ??= Object.values(contracts).flatMap((data) =>
    ['documented', ...Object.keys(data.dialects)].map((dialect) => new Contract(data, { dialect })),
  );
  return builtIn;
}
