import type { Node, NodeAPI } from 'node-red';
import { assertTopic } from '../../src/brokers/topic-filter.js';
import type { Contract } from '../../src/contracts/contract.js';
import type { WireMessage } from '../../src/event.js';
import type { DeadLetter } from '../../src/store/dead-letter-store.js';
import { evaluate } from '../runtime/evaluate.js';
import { bodyOf, readable } from '../runtime/messages.js';

/**
 * The letter's message with the body that a JSONata expression makes of it; `payload`, `topic` and `error` are at its
 * disposal.
 * @param node in whose name the expression runs
 * @throws GridwireError `FLOW_FAILED` when the expression fails, `BODY_NOT_JSON` when its result is no body
 */
export async function patchedMessage(
  RED: NodeAPI,
  node: Node,
  patch: string,
  letter: DeadLetter,
): Promise<WireMessage> {
  const input = {
    _msgid: '',
    topic: letter.message.topic,
    payload: documentOf(letter.message.body),
    error: { code: letter.code, message: letter.reason },
  };
  const patched = await evaluate(RED, node, { type: 'jsonata', value: patch }, input);
  return { ...letter.message, body: bodyOf(patched) };
}

/**
 * Whether a repaired message may go out again.
 * @throws GridwireError `TOPIC_ILLEGAL`, or what its contract finds wrong with it
 */
export function assertRepaired(message: WireMessage, contract: Contract | undefined): void {
  assertTopic(message.topic);
  contract?.parse({ ...message, receivedAt: Date.now(), redelivered: false });
}

/** The body as a JSON document, if it is one; else text or bytes. */
function documentOf(body: Uint8Array): unknown {
  const text = readable(body);
  if (typeof text !== 'string') return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
