import { GridwireError } from '../errors.js';
import type { Json, JsonObject } from '../event.js';
import type { EnvelopeData, EventTypeData, MemberData } from './contract-data.js';
import type { TimeFormat } from './time/time-format.js';
import { addDerived } from './derived.js';
import { isObject } from './json/json-value.js';
import { fillTemplate } from './member-template.js';
import { atPointer } from './json/pointer.js';
import { timeValue } from './time/timestamp.js';

/** What an envelope is made of. */
export interface EnvelopeParts {
  payload: Json;
  /** Topic parameters, as far as they are known. */
  parameters: Readonly<Record<string, string>>;
  /** Envelope members given by the flow; they win over generated ones. */
  members: JsonObject;
  /** The moment of building, milliseconds since the epoch. */
  now: number;
  timeFormat?: TimeFormat;
}

/**
 * Puts a payload into its system's envelope: the members in the contract's order, then the rest.
 * @throws GridwireError `SCHEMA_VIOLATION` if the payload should stand beside the envelope and is not an object
 */
export function composeEnvelope(
  envelope: EnvelopeData,
  type: EventTypeData,
  parts: EnvelopeParts,
): JsonObject {
  const { payloadMember } = envelope;
  const document: JsonObject = {};
  const given = payloadMember === '' ? { ...requireObject(parts.payload), ...parts.members } : parts.members;
  for (const name of envelope.order ?? Object.keys(envelope.members)) {
    const value =
      name === payloadMember
        ? parts.payload
        : memberValue(given[name], envelope.members[name] ?? {}, type, parts, document);
    if (value !== undefined) document[name] = value;
  }
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(document, name) && name !== payloadMember) document[name] = value;
  }
  if (payloadMember !== '') document[payloadMember] = parts.payload;
  addDerived(document, envelope.derived ?? []);
  return document;
}

/** The payload of a document in this envelope; the document itself where they stand side by side. */
export function payloadOf(envelope: EnvelopeData, document: JsonObject): Json {
  return envelope.payloadMember === '' ? document : (document[envelope.payloadMember] ?? null);
}

function memberValue(
  given: Json | undefined,
  rule: MemberData,
  type: EventTypeData,
  parts: EnvelopeParts,
  document: JsonObject,
): Json | undefined {
  if (rule.members !== undefined && (given === undefined || isObject(given))) {
    const object: JsonObject = {};
    for (const [name, inner] of Object.entries(rule.members)) {
      const value = memberValue(given?.[name], inner, type, parts, document);
      if (value !== undefined) object[name] = value;
    }
    return { ...object, ...given };
  }
  if (given !== undefined) return given;
  if (rule.value !== undefined) return rule.value;
  if (rule.template === '{now}') return timeValue(parts.now, parts.timeFormat);
  if (rule.template !== undefined) {
    const text = fillTemplate(rule.template, { ...parts, type, document });
    if (text !== undefined) return text;
  }
  for (const pointer of rule.from ?? []) {
    const value = atPointer(parts.payload, pointer);
    if (value !== undefined && value !== null && value !== '') return value;
  }
  return rule.otherwise;
}

function requireObject(payload: Json): JsonObject {
  if (isObject(payload)) return payload;
  throw new GridwireError('SCHEMA_VIOLATION', 'The payload of this type must be a JSON object.', {
    details: {
      violations: [
        { path: '', rule: 'type', expected: 'an object', found: JSON.stringify(payload).slice(0, 80) },
      ],
    },
  });
}
