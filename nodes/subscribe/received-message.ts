import type { Contract } from '../../src/contracts/contract.js';
import type { InboundMessage } from '../../src/event.js';
import { type GridwireMessage, eventMessage, readable } from '../shared/messages.js';

/**
 * What the node sends for a message of its broker: the event by its contract, or without one the message as it is.
 * @throws GridwireError if the contract refuses the message
 */
export function receivedMessage(contract: Contract | undefined, message: InboundMessage): GridwireMessage {
  if (contract !== undefined) return eventMessage(contract.parse(message), message);
  const { topic, body, key, qos, retain, headers } = message;
  const text = readable(body);
  const rest = { topic, qos, retain, headers, ...(key === undefined ? {} : { key }) };
  return { ...rest, payload: jsonOr(text), original: { ...rest, body: Buffer.from(body) } };
}

function jsonOr(text: string | Buffer): unknown {
  if (typeof text !== 'string') return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
