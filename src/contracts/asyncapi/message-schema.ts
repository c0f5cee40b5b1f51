import { GridwireError } from '../../errors.js';
import type { Json, JsonObject } from '../../event.js';
import { isObject } from '../json/json-value.js';

/** AsyncAPI's schema object is JSON Schema draft 07 with a few members more, which say nothing about validity. */
const DRAFT_07 = 'http://json-schema.org/draft-07/schema#';
const FORMATS = /^application\/(schema\+(json|yaml)|vnd\.aai\.asyncapi(\+(json|yaml))?)(;|$)/;
const NOT_JSON_SCHEMA = new Set(['discriminator', 'externalDocs', 'example', 'xml', 'deprecated']);

/**
 * The JSON Schema of an AsyncAPI message's payload, references resolved already.
 * @param payloadMember the member that holds the payload, where the document describes a whole envelope
 * @throws GridwireError `CONTRACT_INVALID` for schema formats other than JSON Schema
 */
export function messageSchema(name: string, message: JsonObject, payloadMember: string): JsonObject {
  const written = message['payload'] ?? {};
  if (!isObject(written)) return {};
  const format = written['schemaFormat'];
  if (typeof format === 'string' && !FORMATS.test(format)) {
    throw new GridwireError(
      'CONTRACT_INVALID',
      `The message ${name} is described in ${format}; only JSON Schema can be used.`,
    );
  }
  const whole = typeof format === 'string' && isObject(written['schema']) ? written['schema'] : written;
  const exported = isObject(message['x-gridwire']);
  const properties = whole['properties'];
  const inner =
    exported && payloadMember !== '' && isObject(properties) ? properties[payloadMember] : undefined;
  const schema = isObject(inner) ? inner : whole;
  // What Gridwire exported is written in its own draft, 2020-12.
  return exported || schema['$schema'] !== undefined ? schema : { $schema: DRAFT_07, ...cleaned(schema) };
}

/** Without AsyncAPI's own members; below `properties` the names are the payload's. */
function cleaned(schema: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([keyword]) => !NOT_JSON_SCHEMA.has(keyword))
      .map(([keyword, value]) => [keyword, cleanedValue(keyword, value)]),
  );
}

function cleanedValue(keyword: string, value: Json): Json {
  if (Array.isArray(value)) return value.map((item) => (isObject(item) ? cleaned(item) : item));
  if (!isObject(value) || ['const', 'default', 'examples', 'enum'].includes(keyword)) return value;
  if (!['properties', 'patternProperties', 'definitions'].includes(keyword)) return cleaned(value);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, isObject(member) ? cleaned(member) : member]),
  );
}
