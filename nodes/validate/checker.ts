import { readFileSync, statSync } from 'node:fs';
import { BOUNDS } from '../../src/bounds.js';
import type { Contract } from '../../src/contracts/contract.js';
import { toJson } from '../../src/contracts/json/json-value.js';
import { type PayloadCheck, writtenSchema } from '../../src/contracts/written-schema.js';
import { GridwireError, errorText } from '../../src/errors.js';
import type { GridwireEvent, InboundMessage, Json } from '../../src/event.js';
import { type GridwireMessage, inboundMessage } from '../runtime/messages.js';
import { isReadText } from '../runtime/read-text.js';
import { fileText } from '../../src/file-text.js';

export interface Checked {
  payload: Json;
  event?: GridwireEvent;
  /** By which a time without a zone is read. */
  zone?: string;
}

/** Checks one message. @throws GridwireError what is wrong with it */
export type Checker = (message: GridwireMessage) => Checked;

/** How many different schemas of messages are kept compiled. */
const MAX_COMPILED = 100;

/** Against an event type of a contract; `''` finds the type by the message's topic. */
export function contractChecker(contract: Contract, eventType: string): Checker {
  return (message) => {
    const received = { ...asReceived(message), ...cameWith(message, contract) };
    const event = contract.parse(received, eventType === '' ? undefined : eventType);
    return { payload: event.payload, event, zone: contract.data.timeZone };
  };
}

/** The key, in which alone some events name their site, and the headers: as they came, or as the event has them already. */
function cameWith({ event, original }: GridwireMessage, { name }: Contract): Partial<InboundMessage> {
  // What was made of an event of another system has none of its own yet.
  if (event !== undefined && event.contract !== name) return {};
  const { key, headers = {} } = event ?? original ?? {};
  return { headers, ...(key === undefined ? {} : { key }) };
}

/** Against one schema, compiled now. @throws GridwireError `CONTRACT_INVALID` for a schema that cannot be used */
export function schemaChecker(text: string): Checker {
  const check = writtenSchema(text);
  return (message) => ({ payload: check(unread(message)) });
}

/** Against the schema in a file, read now. @throws GridwireError `SETTING_INVALID` for a file that cannot be read */
export function fileChecker(path: string): Checker {
  try {
    if (statSync(path).size <= BOUNDS.schemaCharacters) return schemaChecker(fileText(readFileSync(path)));
  } catch (cause) {
    if (cause instanceof GridwireError) throw cause;
    throw new GridwireError('SETTING_INVALID', `The schema file cannot be read: ${errorText(cause)}.`, {
      cause,
    });
  }
  throw new GridwireError(
    'SETTING_INVALID',
    `The schema file has more than ${BOUNDS.schemaCharacters} bytes.`,
  );
}

/** Against the schema in `msg.schema`, an object or its text. */
export function messageChecker(): Checker {
  const compiled = new Map<string, PayloadCheck>();
  return (message) => {
    const given = message['schema'];
    if (given === undefined) {
      throw new GridwireError('CONTRACT_INVALID', 'msg.schema is missing; it must hold a JSON Schema.');
    }
    const text = typeof given === 'string' ? given : JSON.stringify(toJson(given));
    let check = compiled.get(text);
    if (check === undefined) {
      check = writtenSchema(text);
      const [oldest] = compiled.keys();
      if (compiled.size >= MAX_COMPILED && oldest !== undefined) compiled.delete(oldest);
      compiled.set(text, check);
    }
    return { payload: check(unread(message)) };
  };
}

/** The payload as it is read here, where a text is a document: one that was read already is written as one again. */
function unread(message: GridwireMessage): unknown {
  return isReadText(message) ? JSON.stringify(message.payload) : message.payload;
}

/** An object of the flow is copied first: JSON alone would write NaN as null and leave functions out. */
function asReceived(message: GridwireMessage): InboundMessage {
  const payload = unread(message);
  const isBody = typeof payload === 'string' || payload instanceof Uint8Array;
  return inboundMessage({ ...message, payload: isBody ? payload : toJson(payload) });
}
