import { GridwireError } from '../../errors.js';
import type { Json, JsonObject } from '../../event.js';
import { isObject } from '../json/json-value.js';
import { describe } from '../schemas.js';
import type { ImportNotes } from './notes.js';
import { usableSchema } from './usable-schema.js';

const DRAFT_07 = 'http://json-schema.org/draft-07/schema#';

/** Drafts by the `version` of `application/schema+json`; 06 says nothing that 07 does not say. */
const DRAFTS: Readonly<Record<string, string>> = {
  'draft-06': DRAFT_07,
  'draft-07': DRAFT_07,
  '2019-09': 'https://json-schema.org/draft/2019-09/schema',
  'draft/2019-09': 'https://json-schema.org/draft/2019-09/schema',
  'draft-2019-09': 'https://json-schema.org/draft/2019-09/schema',
  '2020-12': 'https://json-schema.org/draft/2020-12/schema',
  'draft/2020-12': 'https://json-schema.org/draft/2020-12/schema',
  'draft-2020-12': 'https://json-schema.org/draft/2020-12/schema',
};

/**
 * The JSON Schema of an AsyncAPI message's payload, references resolved already. What is described in another language
 * (Avro, Protobuf, RAML) is not checked, with a note.
 * @param payloadMember the member that holds the payload, where the document describes a whole envelope
 */
export function messageSchema(
  name: string,
  message: JsonObject,
  payloadMember: string,
  notes: ImportNotes,
): JsonObject {
  const written = message['payload'] ?? {};
  if (written === false) return { not: {} };
  if (written === true) return {};
  if (!isObject(written)) throw noSchema(name, written);
  if (isObject(message['x-gridwire'])) return exported(written, payloadMember);
  const format = written['schemaFormat'] ?? message['schemaFormat'];
  const whole = Object.hasOwn(written, 'schemaFormat') ? (written['schema'] ?? {}) : written;
  const draft = draftOf(format);
  if (draft === undefined) {
    notes.add(
      `The message ${name} is described in ${describe(format)}; only JSON Schema from draft 06 can be used. Its payload is not checked, and only JSON can be read.`,
    );
    return {};
  }
  if (typeof whole === 'boolean') return whole ? {} : { not: {} };
  if (!isObject(whole)) throw noSchema(name, whole);
  return usableSchema(whole, draft, `The message ${name}`, notes);
}

function noSchema(name: string, found: Json): GridwireError {
  const text = `The payload of the message ${name} is ${describe(found)}, and must be a schema.`;
  return new GridwireError('CONTRACT_INVALID', text);
}

/** What Gridwire exported is written in its own draft, 2020-12. */
function exported(whole: JsonObject, payloadMember: string): JsonObject {
  const properties = whole['properties'];
  const inner = payloadMember !== '' && isObject(properties) ? properties[payloadMember] : undefined;
  const { $defs } = whole;
  const schema = isObject(inner) ? { ...inner, ...($defs === undefined ? {} : { $defs }) } : whole;
  if (/"\$(dynamic|recursive)Ref"/.test(JSON.stringify(schema))) {
    throw new GridwireError(
      'CONTRACT_INVALID',
      'A schema of the document calls itself, which is not supported.',
    );
  }
  return schema;
}

/** The draft of a schema format; undefined for what is not JSON Schema. AsyncAPI's own schema object is JSON Schema draft 07 with a few members more, which say nothing about validity. */
export function draftOf(format: Json | undefined): string | undefined {
  if (format === undefined) return DRAFT_07;
  if (typeof format !== 'string') return undefined;
  const [type = '', ...parameters] = format
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  if (/^application\/vnd\.aai\.asyncapi(\+(json|yaml))?$/.test(type)) return DRAFT_07;
  if (!/^application\/schema(\+(json|yaml))?$/.test(type)) return undefined;
  const version = parameters.find((parameter) => parameter.startsWith('version='))?.slice('version='.length);
  const draft = version === undefined ? 'draft-07' : version.replaceAll('"', '');
  return Object.hasOwn(DRAFTS, draft) ? DRAFTS[draft] : undefined;
}
