import path from 'node:path';
import { BOUNDS } from '../bounds.js';
import { GridwireError } from '../errors.js';
import type { Json } from '../event.js';
import { UntrustedProcess } from '../untrusted/untrusted-process.js';
import { parseJsonBody } from './json/json-body.js';
import { isObject, toJson } from './json/json-value.js';
import { parseYaml } from './json/yaml.js';
import { type SchemaCheck, compileSchema, violationText } from './schemas.js';

/** Reads a payload, checks it, and gives it back. @throws GridwireError `SCHEMA_VIOLATION` or any `BODY_…` */
export type PayloadCheck = (payload: unknown) => Json;

/** What the process that checks for requests is sent. */
export interface SchemaJob {
  schema: string;
  document: string;
}

/**
 * The check by a schema that a person wrote, as JSON or YAML.
 * @throws GridwireError `CONTRACT_INVALID` for a schema that cannot be used
 */
export function writtenSchema(text: string): PayloadCheck {
  if (text.length > BOUNDS.schemaCharacters) {
    const reason = `The schema has more than ${BOUNDS.schemaCharacters} characters.`;
    throw new GridwireError('CONTRACT_INVALID', reason);
  }
  const schema = parseYaml(text);
  if (!isObject(schema)) throw new GridwireError('CONTRACT_INVALID', 'The schema must be a JSON object.');
  const check = compileSchema(schema, 'this node');
  return (payload) => checked(check, payload);
}

const requests = new UntrustedProcess(path.join(__dirname, 'schema-process'));

/**
 * The same for a schema that came with a request: in a process with a limit of time and memory, because a schema can
 * take for ever by calling itself.
 * @throws GridwireError also `COMPUTATION_STOPPED`
 */
export async function checkRequest(schema: string, document: string): Promise<Json> {
  const job: SchemaJob = { schema, document };
  return (await requests.run(job)) as Json;
}

function checked(check: SchemaCheck, payload: unknown): Json {
  const isText = typeof payload === 'string' || payload instanceof Uint8Array;
  const value = isText ? parseJsonBody(Buffer.from(payload as string)) : toJson(payload);
  const violations = check(value);
  if (violations.length === 0) return value;
  throw new GridwireError('SCHEMA_VIOLATION', `Not valid by the schema: ${violationText(violations)}.`, {
    details: { violations },
  });
}
