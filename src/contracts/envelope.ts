import { GridwireError } from '../errors.js';
import type { Json, JsonObject } from '../event.js';
import type { EnvelopeData, EventTypeData, MemberData } from './contract-data.js';
import type { TimeFormat } from './time/time-format.js';
import { addDerived } from './derived.js';
import { jsonText } from './json/json-text.js';
import { isObject } from './json/json-value.js';
import { type MadeValues, compileTemplate } from './member-template.js';
import { atPointer } from './json/pointer.js';
import { shapedObject } from './json/shaped-object.js';
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
  timeFormat: TimeFormat | undefined;
}

/** The value of a member: of what the flow gave for it, of the parts, and of the members before it. */
type Make = (given: Json | undefined, parts: EnvelopeParts, made: MadeValues) => Json | undefined;

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
  const names = envelope.order ?? Object.keys(members);
  const makes = names.map((name): Make =>
    name === payloadMember
      ? (_given, { payload }) => payload
      : compileMember(members[name] ?? {}, type, names),
  );
  const make = shapedObject(names);
  const isNested = names.some((name) => members[name]?.members !== undefined);
  const addPayload = !isBeside && !names.includes(payloadMember);
  const documentOf = (parts: EnvelopeParts): JsonObject => {
    const given = isBeside ? beside(parts) : parts.members;
    // The payload is a copy already, and what stands beside it is one too.
    if (isBeside && names.length === 0) return given;
    // Nearly always nothing is given in an envelope, and then need not be looked for.
    const givenNames = Object.keys(given);
    const isGiven = givenNames.length > 0;
    const values = new Array<Json | undefined>(makes.length);
    for (let at = 0; at < makes.length; at += 1)
      values[at] = makes[at]?.(isGiven ? given[names[at] ?? ''] : undefined, parts, values);
    const document = make(values);
    // What was given for a member is its value as it is, but for those of which only some members were given.
    if (isBeside && !isNested) return Object.assign(document, given);
    for (const name of givenNames) {
      const value = given[name];
      const isPayload = !isBeside && name === payloadMember;
      if (value !== undefined && !isPayload && !Object.hasOwn(document, name)) document[name] = value;
    }
    if (addPayload) document[payloadMember] = parts.payload;
    return document;
  };
  if (derived.length === 0) return documentOf;
  return (parts) => {
    const document = documentOf(parts);
    addDerived(document, derived);
    return document;
  };
}

/** What stands beside each other: the payload's members, and what the flow gives with them. */
function beside({ payload, members }: EnvelopeParts): JsonObject {
  const object = requireObject(payload);
  return Object.keys(members).length === 0 ? object : { ...object, ...members };
}

/** The payload of a document in this envelope; the document itself where they stand side by side. */
export function payloadOf(envelope: EnvelopeData, document: JsonObject): Json {
  return envelope.payloadMember === '' ? document : (document[envelope.payloadMember] ?? null);
}

function compileMember(rule: MemberData, type: EventTypeData, names: readonly string[]): Make {
  const otherwise = compileRule(rule, type, names);
  if (rule.members === undefined)
    return (given, parts, made) => (given === undefined ? otherwise(parts, made) : given);
  const inner = Object.entries(rule.members);
  const makes = inner.map(([name, member]) => ({ name, makeValue: compileMember(member, type, names) }));
  const make = shapedObject(inner.map(([name]) => name));
  return (given, parts, made) => {
    if (given !== undefined && !isObject(given)) return given;
    const object = make(makes.map(({ name, makeValue }) => makeValue(given?.[name], parts, made)));
    return given === undefined ? object : { ...object, ...given };
  };
}

/** What a member is where the flow gave nothing for it. */
function compileRule(
  { value, template, from = [], otherwise }: MemberData,
  type: EventTypeData,
  names: readonly string[],
): (parts: EnvelopeParts, made: MadeValues) => Json | undefined {
  if (value !== undefined) return always(value);
  if (template === '{now}') return ({ now, timeFormat }) => timeValue(now, timeFormat);
  const fill = template === undefined ? undefined : compileTemplate(template, type.wireName, names);
  const last = always(otherwise);
  if (fill !== undefined && from.length === 0) return (parts, made) => fill(parts, made) ?? last();
  return (parts, made) => {
    const text = fill?.(parts, made);
    if (text !== undefined) return text;
    for (const pointer of from) {
      const found = atPointer(parts.payload, pointer);
      if (found !== undefined && found !== null && found !== '') return found;
    }
    return last();
  };
}

/** A value of the contract. Each event has an object or a list of its own: whoever has the event may change it. */
function always(value: Json | undefined): () => Json | undefined {
  if (typeof value !== 'object' || value === null) return () => value;
  const text = jsonText(value);
  return () => JSON.parse(text) as Json;
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
