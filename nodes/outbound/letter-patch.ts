import { assertNotExpired } from '../../src/brokers/expiry.js';
import { assertTopic } from '../../src/brokers/topic-filter.js';
import type { Contract } from '../../src/contracts/contract.js';
import { ANY_SIZE, parseJsonBody } from '../../src/contracts/json/json-body.js';
import { type ErrorCode, GridwireError, toGridwireError } from '../../src/errors.js';
import type { WireMessage } from '../../src/event.js';
import type { DeadLetter } from '../../src/store/dead-letter-store.js';
import { loadLater } from '../runtime/load-later.js';
import { evaluateExpression } from '../../src/untrusted/expressions.js';
import type * as Jsonata from '../../src/untrusted/jsonata.js';
import { readable } from '../runtime/messages.js';
import { unchangedOr } from '../runtime/unchanged-body.js';

const expressions = loadLater(() => require('../../src/untrusted/jsonata.js') as typeof Jsonata);

/** What makes a repaired message of a letter. */
export type LetterPatch = (letter: DeadLetter) => Promise<WireMessage>;

/**
 * A patch by a JSONata expression that makes the new body; `payload`, `topic` and `error` are at its disposal. Whether it
 * is an expression at all is found out here, before any letter is touched.
 * @throws GridwireError `SETTING_INVALID`; the patch itself `FLOW_FAILED` when the expression fails for a letter, and
 *   `BODY_NOT_JSON` when its result is no body, and what the letter's own body would lose (`NUMBER_INEXACT` and so on)
 */
export function letterPatch(expression: string): LetterPatch {
  assertExpression(expression);
  return async (letter) => {
    const input = {
      topic: letter.message.topic,
      payload: documentOf(letter.message.body),
      error: { code: letter.code, message: letter.reason },
    };
    const result = bytesOf(await evaluateExpression(expression, input));
    return { ...letter.message, body: unchangedOr(letter.message.body, result) };
  };
}

/**
 * Whether a repaired message may go out again. The letter of a command need not know its expiry: MQTT 3.1.1 carries none,
 * and only the time in its body tells.
 * @throws GridwireError `TOPIC_ILLEGAL`, `EVENT_EXPIRED`, or what its contract finds wrong with it
 */
export function assertRepaired(message: WireMessage, contract: Contract | undefined): void {
  const { topic } = message;
  assertTopic(topic);
  const event = contract?.parse({ ...message, receivedAt: Date.now(), redelivered: false });
  assertNotExpired({ topic, expiresAt: event?.expiresAt });
}

function assertExpression(expression: string): void {
  try {
    expressions().jsonata(expression);
  } catch (thrown) {
    // JSONata throws objects that are no errors.
    const { message, position } = thrown as { message?: unknown; position?: unknown };
    const where = typeof position === 'number' ? ` at character ${position}` : '';
    throw new GridwireError(
      'SETTING_INVALID',
      `The patch is no JSONata expression${where}: ${typeof message === 'string' ? message : 'it cannot be read'}. No letter was touched.`,
    );
  }
}

/** Bytes come out of an expression as JSON writes a Buffer. */
function bytesOf(result: unknown): unknown {
  const { type, data } = (result ?? {}) as { type?: unknown; data?: unknown };
  return type === 'Buffer' && Array.isArray(data) ? Buffer.from(data as number[]) : result;
}

/**
 * The body as a JSON document, if it is one; else text or bytes.
 * @throws GridwireError for a document that an expression would get changed: `NUMBER_INEXACT`, `BODY_DUPLICATE_KEY`,
 *   `BODY_UNSAFE_KEY`, `BODY_TOO_DEEP`
 */
function documentOf(body: Uint8Array): unknown {
  try {
    return parseJsonBody(body, ANY_SIZE);
  } catch (thrown) {
    const { code } = toGridwireError(thrown);
    if (NO_DOCUMENT.has(code)) return readable(body);
    throw thrown;
  }
}

const NO_DOCUMENT: ReadonlySet<ErrorCode> = new Set(['BODY_NOT_JSON', 'BODY_NOT_TEXT', 'BODY_EMPTY']);
