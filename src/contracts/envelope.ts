import { GridwireError } from '../errors.js';
import type { Json, JsonObject } from '../event.js';
import type { EnvelopeData, EventTypeData, MemberData } from './contract-data.js';
import type { TimeFormat } from './time/time-format.js';
import { addDerived } from './derived.js';
import { isObject } from './json/json-value.js';
import { compileTemplate } from './member-template.js';
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

/** The value of a member: of what the flow gave for it, of the parts, and of the document so far. */
type Make = (given: Json | undefined, parts: EnvelopeParts, document: JsonObject) => Json | undefined;

/**
 * What puts a payload into its system's envelope: the members in the contract's order, then the rest. Compiled once, so that
 * no rule is read again for each event.
 * @returns a function that throws GridwireError `SCHEMA_VIOLATION` if the payload should stand beside the envelope and is
 *   not an object
 */
export function compileEnvelope(
  envelope: EnvelopeData,
  type: EventTypeData,
): (parts: EnvelopeParts) => JsonObject {
  const { payloadMember, members, derived = [] } = envelope;
  const isBeside = payloadMember === '';
  const makes = (envelope.order ?? Object.keys(members)).map((name): [string, Make] => [
    name,
    name === payloadMember ? (_given, { payload }) => payload : compileMember(members[name] ?? {}, type),
  ]);
  return (parts) => {
    const given = isBeside ? { ...requireObject(parts.payload), ...parts.members } : parts.members;
    const document: JsonObject = {};
    for (const [name, make] of makes) {
      const value = make(given[name], parts, document);
      if (value !== undefined) document[name] = value;
    }
    for (const name of Object.keys(given)) {
      const value = given[name];
      if (value !== undefined && name !== payloadMember && !Object.hasOwn(document, name))
        document[name] = value;
    }
    if (!isBeside) document[payloadMember] = parts.payload;
    addDerived(document, derived);
    return document;
  };
}

/** The payload of a document in this envelope; the document itself where they stand side by side. */
export function payloadOf(envelope: EnvelopeData, document: JsonObject): Json {
  return envelope.payloadMember === '' ? document : (document[envelope.payloadMember] ?? null);
}

function compileMember(rule: MemberData, type: EventTypeData): Make {
  const otherwise = compileRule(rule, type);
  if (rule.members === undefined)
    return (given, parts, document) => (given === undefined ? otherwise(parts, document) : given);
  const inner = Object.entries(rule.members).map(([name, member]): [string, Make] => [
    name,
    compileMember(member, type),
  ]);
  return (given, parts, document) => {
    if (given !== undefined && !isObject(given)) return given;
    const object: JsonObject = {};
    for (const [name, make] of inner) {
      const value = make(given?.[name], parts, document);
      if (value !== undefined) object[name] = value;
    }
    return { ...object, ...given };
  };
}

/** What a member is where the flow gave nothing for it. */
function compileRule(
  { value, template, from = [], otherwise }: MemberData,
  type: EventTypeData,
): (parts: EnvelopeParts, document: JsonObject) => Json | undefined {
  if (value !== undefined) return () => value;
  if (template === '{now}') return ({ now, timeFormat }) => timeValue(now, timeFormat);
  const fill = template === undefined ? undefined : compileTemplate(template, type.wireName);
  return (parts, document) => {
    const text = fill?.(parts, document);
    if (text !== undefined) return text;
    for (const pointer of from) {
      const found = atPointer(parts.payload, pointer);
      if (found !== undefined && found !== null && found !== '') return found;
    }
    return otherwise;
  };
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
