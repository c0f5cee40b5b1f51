import { assertTopic } from '../../src/brokers/topic-filter.js';
import type { Contract } from '../../src/contracts/contract.js';
import { deadLetter, type Failure } from '../../src/delivery/dead-letters.js';
import { ERROR_CODES, type ErrorCode, type FaultClass } from '../../src/errors.js';
import type { JsonObject, WireMessage } from '../../src/event.js';
import type { NewDeadLetter } from '../../src/store/dead-letter-store.js';
import { type GridwireMessage, bodyOf } from '../shared/messages.js';

/** Where letters go whose own topic is missing or cannot be one; the record names the original. */
const UNATTRIBUTED = 'unattributed';

/**
 * The dead letter for a message that failed anywhere in the flow: with the bytes it came with, if it came from a
 * Gridwire node, else with what `msg.payload` holds now.
 */
export function letterFor(message: GridwireMessage, contract: Contract, headers: boolean): WireMessage {
  const failure = failureOf(message);
  return deadLetter(
    failure,
    contract.data.deadLetter,
    letterTopic(message, failure.topic, contract),
    headers,
  );
}

/** The same as it is kept in a store: the message under its original topic, and the contract's record of it. */
export function storedLetter(message: GridwireMessage, contract: Contract): NewDeadLetter {
  const failure = failureOf(message);
  const { original, event } = message;
  const rule = { ...contract.data.deadLetter, form: 'record' } as const;
  const record = deadLetter(failure, rule, letterTopic(message, failure.topic, contract), false);
  return {
    message: {
      topic: failure.topic,
      body: failure.body,
      headers: failure.headers,
      qos: original?.qos ?? event?.qos ?? 1,
      retain: original?.retain ?? event?.retain ?? false,
      ...(failure.key === undefined ? {} : { key: failure.key }),
    },
    contract: contract.name,
    ...(event === undefined ? {} : { type: event.type }),
    code: failure.error.code,
    reason: failure.error.message,
    fault: failure.error.fault,
    failedAt: failure.time,
    record: JSON.parse(Buffer.from(record.body).toString()) as JsonObject,
  };
}

function failureOf(message: GridwireMessage): Failure {
  const { original } = message;
  const key = original?.key ?? message.event?.key;
  return {
    topic: original?.topic ?? message.topic ?? '',
    body: original === undefined ? bodyOf(message.payload ?? '') : Buffer.from(original.body),
    headers: original?.headers ?? {},
    error: errorOf(message),
    time: Date.now(),
    ...(key === undefined ? {} : { key }),
  };
}

/** Nothing from a message becomes a topic unchecked. */
function letterTopic(message: GridwireMessage, topic: string, contract: Contract): string {
  for (const candidate of [
    message.deadLetterTopic,
    topic === '' ? undefined : contract.deadLetterTopic(topic),
  ]) {
    if (typeof candidate === 'string' && isTopic(candidate)) return candidate;
  }
  return contract.deadLetterTopic(UNATTRIBUTED);
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
function errorOf(message: GridwireMessage): { code: ErrorCode; message: string; fault: FaultClass } {
  const error = (message.error ?? {}) as { code?: unknown; message?: unknown; fault?: unknown };
  return {
    code: ERROR_CODES.find((code) => code === error.code) ?? 'FLOW_FAILED',
    message: typeof error.message === 'string' ? error.message : 'The flow gave no reason.',
    fault: error.fault === 'transient' ? 'transient' : 'permanent',
  };
}
