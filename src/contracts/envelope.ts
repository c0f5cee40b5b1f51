import { randomBytes, randomUUID } from 'node:crypto';
import { GridwireError } from '../errors.js';
import type { Json, JsonObject } from '../event.js';
import type { EnvelopeData, EventTypeData, MemberData } from './contract-data.js';
import { atPointer } from './pointer.js';
import { formatTime } from './timestamp.js';

/** What an envelope is made of. */
export interface EnvelopeParts {
  payload: Json;
  /** Topic parameters, as far as they are known. */
  parameters: Readonly<Record<string, string>>;
  /** Envelope members given by the flow; they win over generated ones. */
  members: JsonObject;
  /** The moment of building, milliseconds since the epoch. */
  now: number;
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
  const beside = payloadMember === '' ? requireObject(parts.payload) : {};
  for (const [name, rule] of Object.entries(envelope.members)) {
    if (name === payloadMember) {
      document[name] = parts.payload;
      continue;
    }
    const value = parts.members[name] ?? beside[name] ?? memberValue(rule, type, parts);
    if (value !== undefined) document[name] = value;
  }
  for (const [name, value] of Object.entries({ ...beside, ...parts.members })) document[name] ??= value;
  if (payloadMember !== '') document[payloadMember] = parts.payload;
  return document;
}

/** The payload of a document in this envelope; the document itself where they stand side by side. */
export function payloadOf(envelope: EnvelopeData, document: JsonObject): Json {
  return envelope.payloadMember === '' ? document : (document[envelope.payloadMember] ?? null);
}

function memberValue(rule: MemberData, type: EventTypeData, parts: EnvelopeParts): Json | undefined {
  if (rule.value !== undefined) return rule.value;
  if (rule.template !== undefined) return fillTemplate(rule.template, type, parts);
  for (const pointer of rule.from ?? []) {
    const value = atPointer(parts.payload, pointer);
    if (value !== undefined && value !== null && value !== '') return value;
  }
  return rule.otherwise;
}

function fillTemplate(template: string, type: EventTypeData, parts: EnvelopeParts): string {
  return template.replaceAll(/\{([^}]+)\}/g, (_whole, name: string) => {
    switch (name) {
      case 'uuid':
        return randomUUID();
      case 'now':
        return formatTime(parts.now);
      case 'epochMilliseconds':
        return String(parts.now);
      case 'hex8':
        return randomBytes(4).toString('hex');
      case 'wireName':
        return type.wireName ?? '';
      default:
        return parts.parameters[name.replace(/^parameter\./, '')] ?? '';
    }
  });
}

function requireObject(payload: Json): JsonObject {
  if (payload !== null && typeof payload === 'object' && !Array.isArray(payload)) return payload;
  throw new GridwireError('SCHEMA_VIOLATION', 'The payload of this type must be a JSON object.', {
    details: {
      violations: [{ path: '', rule: 'type', expected: 'an object', found: JSON.stringify(payload) }],
    },
  });
}
