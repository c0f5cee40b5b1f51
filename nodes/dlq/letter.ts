import { assertTopic } from '../../src/brokers/topic-filter.js';
import type { Contract } from '../../src/contracts/contract.js';
import { withoutPrefix } from '../../src/contracts/topic-template.js';
import type { DialectName, FailureRecord } from '../../src/delivery/letters/headers/failure-headers.js';
import { deadLetter } from '../../src/delivery/letters/dead-letters.js';
import type { Failure } from '../../src/delivery/letters/failure.js';
import { recordOf } from '../../src/delivery/letters/record.js';
import { trustedLetter } from '../../src/delivery/letters/trusted-letter.js';
import { ERROR_CODES, type ErrorCode } from '../../src/errors.js';
import { besides, type Position, type WireMessage } from '../../src/event.js';
import type { About } from '../../src/observe/facts/facts.js';
import type { NewDeadLetter } from '../../src/store/dead-letter-store.js';
import { eventIn, originalIn } from '../runtime/came-with.js';
import type { GridwireMessage } from '../runtime/messages.js';
import { type Salvaged, salvaged } from './salvaged.js';

/** Where letters go whose own topic is missing or cannot be one; the record names the original. */
const UNATTRIBUTED = 'unattributed';

/**
 * The dead letter for a message that failed anywhere in the flow: as it came, if it came from a Gridwire node, else as
 * event publish would have sent it.
 * @param dialect how its headers are written; undefined where the broker carries none
 */
export function letterFor(
  message: GridwireMessage,
  contract: Contract,
  dialect: DialectName | undefined,
): WireMessage {
  const failure = failureOf(message, contract);
  const topic = letterTopic(message, failure.topic, contract);
  // Whoever reads the other dialects knows Kafka's names of topics only.
  const isKafkas = dialect !== 'gridwire' && failure.place?.partition !== undefined;
  const named = isKafkas ? { ...failure, topic: kafkaName(failure.topic) } : failure;
  return deadLetter(named, contract.data.deadLetter, topic, dialect);
}

/** What kind of event failed, and why: for those who count. */
export function letterKind(message: GridwireMessage, contract: Contract): { about: About; code: ErrorCode } {
  const { topic, error } = failureOf(message, contract);
  return { about: contract.aboutOf(topic), code: error.code };
}

/** Whether a message is a dead letter already, of Gridwire or of another system: it was read from where letters lie. */
export function isLetter(message: GridwireMessage, contract: Contract): boolean {
  const original = originalIn(message);
  const earlier = original && trustedLetter(original, contract)?.failure;
  return earlier !== undefined && kafkaName(earlier.topic) !== kafkaName(original?.topic ?? '');
}

/** The same as it is kept in a store: the message under its original topic, and the contract's record of it. */
export function storedLetter(message: GridwireMessage, contract: Contract): NewDeadLetter {
  const failure = failureOf(message, contract);
  const event = eventIn(message);
  const { qos, retain } = originOf(message).message;
  const { topic, body, error, time, expiresAt } = failure;
  // What else the message had stands beside it.
  const bare = { topic, body, headers: {}, error, time };
  return {
    message: {
      topic: failure.topic,
      body: failure.body,
      headers: failure.headers,
      qos,
      retain,
      ...besides(failure),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    },
    contract: contract.name,
    ...(event === undefined ? {} : { type: event.type }),
    code: failure.error.code,
    reason: failure.error.message,
    fault: failure.error.fault,
    failedAt: failure.time,
    ...(failure.incomplete === undefined ? {} : { incomplete: true }),
    record: recordOf(bare, { ...contract.data.deadLetter, form: 'record' }, false),
  };
}

function failureOf(message: GridwireMessage, contract: Contract): Failure {
  const event = eventIn(message);
  const from = originalIn(message);
  // What failed before, on its way from a retry topic or as a letter, keeps the place where it began.
  const letter = from && trustedLetter(from, contract);
  const earlier = letter?.failure;
  const { message: came, ...lost } = originOf(message);
  // A letter that is a record has the original in it: sent again as it is, it would be another message.
  const original = letter?.original ?? came;
  const key = original.key ?? event?.key;
  const expiresAt = original.expiresAt ?? event?.expiresAt;
  const place = earlier ?? placeOf(from?.position);
  return {
    topic: earlier?.topic ?? came.topic,
    body: Buffer.from(original.body),
    headers: original.headers,
    error:
      earlier !== undefined && message.error === undefined ? errorOfLetter(earlier) : errorOf(message, lost),
    time: (isLetter(message, contract) ? from?.position?.timestamp : undefined) ?? Date.now(),
    ...besides(original),
    ...(key === undefined ? {} : { key }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(place === undefined ? {} : { place }),
    ...(isIncomplete(message, earlier, lost) ? { incomplete: true } : {}),
  };
}

/** Whether the letter does not hold all of what failed: then nobody sends it again as it is. */
function isIncomplete(
  { error }: GridwireMessage,
  earlier: FailureRecord | undefined,
  { missing, asText }: Omit<Salvaged, 'message'>,
): boolean {
  if (earlier !== undefined) return earlier.incomplete === true || earlier.headersLeftOut !== undefined;
  const { details } = (typeof error === 'object' ? error : {}) as { details?: { unreadable?: unknown } };
  return missing.length > 0 || asText.length > 0 || details?.unreadable === true;
}

/** The message as it came, or what can be kept of one that the flow made. */
function originOf(message: GridwireMessage): Salvaged {
  const original = originalIn(message);
  if (original !== undefined) return { message: original, missing: [], asText: [] };
  const saved = salvaged(message);
  if ((message.original ?? undefined) === undefined) return saved;
  const broken = 'msg.original is not the message as event subscribe gives it.';
  return { ...saved, missing: [broken, ...saved.missing] };
}

function placeOf(position: Position | undefined): Failure['place'] {
  if (position === undefined) return undefined;
  const { partition, offset, timestamp, group } = position;
  return { partition, offset: BigInt(offset), timestamp, consumerGroup: group };
}

function kafkaName(topic: string): string {
  return topic.replaceAll('/', '.');
}

/** Nothing from a message becomes a topic unchecked. */
function letterTopic(message: GridwireMessage, topic: string, contract: Contract): string {
  for (const candidate of [
    ownTopic(message.deadLetterTopic, contract),
    topic === '' ? undefined : contract.deadLetterTopic(topic),
  ]) {
    if (typeof candidate === 'string' && isTopic(candidate)) return candidate;
  }
  return contract.deadLetterTopic(UNATTRIBUTED);
}

/**
 * Who refused a message names the dead-letter topic of the event that it would have become, with the prefix of its own
 * broker; here it gets that of the broker to which the letter goes.
 */
function ownTopic(named: unknown, contract: Contract): unknown {
  if (typeof named !== 'string' || !contract.data.deadLetter.topic.startsWith('{topic}')) return named;
  for (const { topic } of contract.types) {
    if (topic.parameters.length > 0) continue;
    const own = contract.deadLetterTopic(topic.text);
    const bare = withoutPrefix(own, contract.prefix);
    if (named === bare || named.endsWith(`/${bare}`)) return own;
  }
  return named;
}

function isTopic(candidate: string): boolean {
  try {
    assertTopic(candidate);
    return true;
  } catch {
    return false;
  }
}

/** The reason: from a node that refused the message, or from a catch node, in whatever form that found it. */
function errorOf(message: GridwireMessage, { missing, asText }: Omit<Salvaged, 'message'>): Failure['error'] {
  const given: unknown = message.error;
  const error = (typeof given === 'string' ? { message: given } : (given ?? {})) as Record<string, unknown>;
  const reason = typeof error['message'] === 'string' ? error['message'] : 'The flow gave no reason.';
  const others = missing.filter((each) => each !== reason);
  const told = [
    reason,
    ...(others.length === 0 ? [] : ['Not kept in the letter:', ...others]),
    ...(asText.length === 0 ? [] : ['In its body as text:', ...asText]),
  ];
  return {
    code: ERROR_CODES.find((code) => code === error['code']) ?? 'FLOW_FAILED',
    message: told.join(' '),
    fault: error['fault'] === 'transient' ? 'transient' : 'permanent',
  };
}

/** The reason that a letter brings with it; those of other systems are names of exceptions. */
function errorOfLetter({ code, reason, fault, headersLeftOut }: FailureRecord): Failure['error'] {
  const known = ERROR_CODES.find((each) => each === code);
  const short =
    headersLeftOut === undefined ? undefined : `the letter had no room for ${headersLeftOut} of its headers`;
  const told = [known === undefined ? code : undefined, reason, short].filter((part) => part !== undefined);
  return {
    code: known ?? 'FLOW_FAILED',
    message: told.length === 0 ? 'The letter gives no reason.' : told.join(': '),
    fault: fault === 'transient' ? 'transient' : 'permanent',
  };
}
