import { readFileSync, statSync } from 'node:fs';
import type { Contract } from '../../src/contracts/contract.js';
import { parseJsonBody } from '../../src/contracts/json/json-body.js';
import { isObject, toJson } from '../../src/contracts/json/json-value.js';
import { type SchemaCheck, compileSchema, violationText } from '../../src/contracts/schemas.js';
import { parseYaml } from '../../src/contracts/json/yaml.js';
import { GridwireError, errorText } from '../../src/errors.js';
import type { GridwireEvent, Json } from '../../src/event.js';
import { type GridwireMessage, inboundMessage } from '../runtime/messages.js';

export interface Checked {
  payload: Json;
  event?: GridwireEvent;
  /** By which a time without a zone is read. */
  zone?: string;
}

/** Checks one message. @throws GridwireError what is wrong with it */
export type Checker = (message: GridwireMessage) => Checked;

/** A schema is written by a person; this is plenty, and bounds what a message can make the process compile. */
const MAX_SCHEMA_CHARACTERS = 262_144;

/** How many different schemas of messages are kept compiled. */
const MAX_COMPILED = 100;

/** Against an event type of a contract; `''` finds the type by the message's topic. */
export function contractChecker(contract: Contract, eventType: string): Checker {
  return (message) => {
    const event = contract.parse(inboundMessage(message), eventType === '' ? undefined : eventType);
    return { payload: event.payload, event, zone: contract.data.timeZone };
  };
}

/** Against one schema, compiled now. @throws GridwireError `CONTRACT_INVALID` for a schema that cannot be used */
export function schemaChecker(text: string): Checker {
  const check = compileText(text);
  return (message) => checkPayload(check, message);
}

/** Against the schema in a file, read now. @throws GridwireError `SETTING_INVALID` for a file that cannot be read */
export function fileChecker(path: string): Checker {
  try {
    if (statSync(path).size <= MAX_SCHEMA_CHARACTERS) return schemaChecker(readFileSync(path, 'utf8'));
  } catch (cause) {
    if (cause instanceof GridwireError) throw cause;
    throw new GridwireError('SETTING_INVALID', `The schema file cannot be read: ${errorText(cause)}.`, {
      cause,
    });
  }
  throw new GridwireError('SETTING_INVALID', `The schema file has more than ${MAX_SCHEMA_CHARACTERS} bytes.`);
}

/** Against the schema in `msg.schema`, an object or its text. */
export function messageChecker(): Checker {
  const compiled = new Map<string, SchemaCheck>();
  return (message) => {
    const given = message['schema'];
    if (given === undefined) {
      throw new GridwireError('CONTRACT_INVALID', 'msg.schema is missing; it must hold a JSON Schema.');
    }
    const text = typeof given === 'string' ? given : JSON.stringify(toJson(given));
    let check = compiled.get(text);
    if (check === undefined) {
      check = compileText(text);
      const [oldest] = compiled.keys();
      if (compiled.size >= MAX_COMPILED && oldest !== undefined) compiled.delete(oldest);
      compiled.set(text, check);
    }
    return checkPayload(check, message);
  };
}

function compileText(text: string): SchemaCheck {
  if (text.length > MAX_SCHEMA_CHARACTERS) {
    throw new GridwireError(
      'CONTRACT_INVALID',
      `The schema has more than ${MAX_SCHEMA_CHARACTERS} characters.`,
    );
  }
  const schema = parseYaml(text);
  if (!isObject(schema)) throw new GridwireError('CONTRACT_INVALID', 'The schema must be a JSON object.');
  return compileSchema(schema, 'this node');
}

function checkPayload(check: SchemaCheck, { payload }: GridwireMessage): Checked {
  const isText = typeof payload === 'string' || Buffer.isBuffer(payload);
  const value = isText ? parseJsonBody(Buffer.from(payload)) : toJson(payload);
  const violations = check(value);
  if (violations.length === 0) return { payload: value };
  throw new GridwireError('SCHEMA_VIOLATION', `Not valid by the schema: ${violationText(violations)}.`, {
    details: { violations },
  });
}
