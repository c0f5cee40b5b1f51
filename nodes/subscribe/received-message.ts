import { ownHeaders } from '../../src/brokers/copy-message.js';
import { assertNotExpired } from '../../src/brokers/expiry.js';
import { REPLAY_HEADER } from '../../src/brokers/recording.js';
import { ownBytes } from '../../src/bytes.js';
import type { Contract } from '../../src/contracts/contract.js';
import { ANY_SIZE, parseJsonBody } from '../../src/contracts/json/json-body.js';
import { type ReadLetter, trustedLetter } from '../../src/delivery/letters/trusted-letter.js';
import type { GridwireEvent, InboundMessage } from '../../src/event.js';
import { eventMessage, type GridwireMessage, originalOf, readable } from '../runtime/messages.js';
import { requestOf } from '../runtime/request.js';

/**
 * What the node sends for a message of its broker: the event by its contract, or without one the message as it is.
 * @throws GridwireError if the contract refuses the message
 */
export function receivedMessage(contract: Contract | undefined, message: InboundMessage): GridwireMessage {
  const received =
    contract === undefined ? bareMessage(message) : eventMessage(inTime(contract, message), message);
  const letter = trustedLetter(message, contract);
  return letter === undefined ? received : { ...received, failure: failureOf(letter) };
}

/** A broker that knows no expiry (MQTT 3.1.1) may have kept a command for hours. A replay was asked for. */
function inTime(contract: Contract, message: InboundMessage): GridwireEvent {
  const event = contract.parse(message);
  if (message.headers[REPLAY_HEADER] === undefined)
    assertNotExpired({ topic: message.topic, expiresAt: event.expiresAt });
  return event;
}

function bareMessage(message: InboundMessage): GridwireMessage {
  const original = originalOf(message);
  const { body, position, headers, ...rest } = original;
  const key = rest.key instanceof Uint8Array ? { key: ownBytes(rest.key) } : {};
  const own = { ...rest, ...requestOf(rest), ...key, headers: ownHeaders(headers) };
  return { ...own, payload: jsonOr(body), original };
}

/** What a dead letter says, in a form that Node-RED can show and JSON can hold. */
function failureOf({ dialect, failure }: ReadLetter): object {
  const { offset, ...rest } = failure;
  return { dialect, ...rest, ...(offset === undefined ? {} : { offset: String(offset) }) };
}

function jsonOr(body: Uint8Array): unknown {
  try {
    return parseJsonBody(body, ANY_SIZE);
  } catch {
    // No JSON, or one that reading would change (a number, a key twice): the flow gets it as it came.
    return readable(body);
  }
}
