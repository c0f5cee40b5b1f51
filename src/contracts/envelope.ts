import { GridwireError } from '../errors.js';
import type { Json, JsonObject } from '../event.js';
import type { EnvelopeData, EventTypeData, MemberData } from './contract-data.js';
import type { TimeFormat } from './time/time-format.js';
import { addDerived } from './derived.js';
import { jsonText } from './json/json-text.js';
import { isObject } from './json/json-value.js';
import { type MadeValues, compileTemplate } from './member-template.js';
import { atPointer } from './json/pointer.js';
import { shapedBeside, shapedObject } from './json/shaped-object.js';
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

/** How a member of the envelope gets its value. */
interface Member {
  readonly name: string;
  /** Where the flow gave none: of the parts, and of the members before it. */
  readonly make: (parts: EnvelopeParts, made: MadeValues) => Json | undefined;
  /** What becomes of a value that the flow gave, where it does not stay as it is. */
  readonly complete: ((given: Json, parts: EnvelopeParts, made: MadeValues) => Json) | undefined;
}

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
  const { payloadMember, members: rules, derived = [] } = envelope;
  const isBeside = payloadMember === '';
  const names = envelope.order ?? Object.keys(rules);
  const members = names.map((name): Member =>
    name === payloadMember
      ? { name, make: ({ payload }) => payload, complete: (_given, { payload }) => payload }
      : compileMember(name, rules[name] ?? {}, type, names),
  );
  const make = shapedObject(names);
  const makeBeside = shapedBeside(names, make);
  const isNested = members.some(({ complete }) => complete !== undefined);
  const addPayload = !isBeside && !names.includes(payloadMember);
  const documentOf = (parts: EnvelopeParts): JsonObject => {
    const given = isBeside ? beside(parts) : parts.members;
    // The payload is a copy already, and what stands beside it is one too.
    if (isBeside && names.length === 0) return given;
    // Nearly always nothing is given in an envelope, and then need not be looked for.
    const givenNames = Object.keys(given);
    const isGiven = givenNames.length > 0;
    const values = new Array<Json | undefined>(members.length);
    for (let at = 0; at < members.length; at += 1) {
      const member = members[at] as Member;
      const own = isGiven ? given[member.name] : undefined;
      values[at] = own === undefined ? member.make(parts, values) : valueOf(member, own, parts, values);
    }
    // What was given for a member is its value as it is, but for those of which only some members were given.
    if (isBeside && !isNested) return makeBeside(values, given, givenNames);
    const document = make(values);
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

function valueOf({ complete }: Member, given: Json, parts: EnvelopeParts, made: MadeValues): Json {
  return complete === undefined ? given : complete(given, parts, made);
}

function compileMember(
  name: string,
  rule: MemberData,
  type: EventTypeData,
  names: readonly string[],
): Member {
  if (rule.members === undefined) return { name, make: compileRule(rule, type, names), complete: undefined };
  const inner = Object.entries(rule.members).map(([each, data]) => compileMember(each, data, type, names));
  const makeObject = shapedObject(inner.map((member) => member.name));
  const make = (parts: EnvelopeParts, made: MadeValues): JsonObject =>
    makeObject(inner.map((member) => member.make(parts, made)));
  const complete: Member['complete'] = (given, parts, made) => {
    if (!isObject(given)) return given;
    const values = inner.map((member) => {
      const own = given[member.name];
      return own === undefined ? member.make(parts, made) : valueOf(member, own, parts, made);
    });
    return { ...makeObject(values), ...given };
  };
  return { name, make, complete };
}

/** What a member is where the flow gave nothing for it. */
function compileRule(
  { value, template, from = [], otherwise }: MemberData,
  type: EventTypeData,
  names: readonly string[],
): Member['make'] {
  if (value !== undefined) return always(value);
  if (template === '{now}') return ({ now, timeFormat }) => timeValue(now, timeFormat);
  const fill = template === undefined ? undefined : compileTemplate(template, type.wireName, names);
  if (fill !== undefined && from.length === 0 && otherwise === undefined) return fill;
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
