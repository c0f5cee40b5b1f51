import type { Json, JsonObject, LogHint, Qos } from '../event.js';
import type { TimeFormat } from './time/time-format.js';

/**
 * The form every contract has: all that one system has agreed on, as data. A contract holds no code, so the same form
 * is written by hand for the built-in systems, read from an AsyncAPI document, and printed as documentation.
 */
export interface ContractData {
  /** Short name, as stored in flows: `ecogrid-ems`. Never renamed. */
  name: string;
  title: string;
  description: string;
  /** The version of these rules, for documentation and AsyncAPI export. */
  version: string;
  /** The document the rules come from. */
  source: string;
  /** Put before every topic, unless the broker's settings name a prefix of their own. `''` for none. */
  prefix: string;
  /** How `{now}` is written; UTC with `Z` and milliseconds where the contract says nothing. */
  timeFormat?: TimeFormat;
  /** Settings by which whole groups of types are switched off, as the system's own configuration has them. */
  switches?: Record<string, SwitchData>;
  envelope: EnvelopeData;
  /** Parameters that mean the same in every topic of the contract. */
  parameters: Record<string, ParameterData>;
  types: Record<string, EventTypeData>;
  deadLetter: DeadLetterData;
  /** How often an event that is refused is tried before it becomes a dead letter. */
  retry: RetryData;
  /** How messages from devices become domain events, where the system has such a thing. */
  ingest?: IngestData;
  /** Limits beyond which a measurement is worth an alert; the first rule of a type that holds is the alert. */
  alerts?: AlertRuleData[];
  /** The thresholds by the service that has them, where several do; `alerts` are those of the first. */
  alertSets?: Record<string, AlertSetData>;
  /** Zone by which a time without one is read: `UTC` or an IANA name. */
  timeZone: string;
  /** Times may also be Java's `LocalDateTime` as a list, `[2026, 11, 29, 9, 53, 56]`, in the contract's zone. */
  timeArrays?: boolean;
  /** Variants of the contract: each a JSON Merge Patch (RFC 7396) over this document. */
  dialects: Record<string, DialectData>;
}

export interface DialectData {
  title: string;
  description: string;
  patch: JsonObject;
}

export interface SwitchData {
  title: string;
  description: string;
}

/** The JSON document around (or beside) an event type's payload. */
export interface EnvelopeData {
  /** JSON Schema (2020-12) of the whole document; the payload is checked apart, by its type's schema. */
  schema: JsonObject;
  /** The member that holds the payload; `''` where the payload's members stand beside the envelope's own. */
  payloadMember: string;
  /**
   * The body is the payload alone, which need not be an object (a meter that sends `45.2`). Inside, it stands in
   * `payloadMember`, which is never written.
   */
  bare?: boolean;
  /** The member whose value names the event type on the wire, if there is one; it must be the type's `wireName`. */
  typeMember?: string;
  /** `false`: the types' payload schemas describe the payload, but what breaks them is accepted all the same. */
  checkPayload?: boolean;
  /** JSON pointers into the document. */
  timePointer?: string;
  /** A time that cannot be read is none, and no fault of the document. */
  timeOptional?: boolean;
  idPointer?: string;
  correlationPointer?: string;
  /** Members that Gridwire fills in when the flow does not, in the order in which they are written. */
  members: Record<string, MemberData>;
  /** The order of writing, where it is not that of `members` (a dialect can replace a list, but not reorder members). */
  order?: string[];
  /** Members computed from others once the document stands, in this order. A member that is there already stays. */
  derived?: DerivedData[];
}

/** How a member of the envelope gets its value when the flow gives none: the first rule that yields one applies. */
export interface MemberData {
  /** A constant. */
  value?: Json;
  /**
   * Text with placeholders: `{uuid}`, `{now}`, `{now:FORMAT}`, `{wireName}`, `{epochMilliseconds}`, `{hex8}`,
   * `{parameter.NAME}` and `{member.NAME}` (a member written before this one). It yields nothing when one is empty.
   */
  template?: string;
  /** Pointers into the payload. */
  from?: string[];
  /** An object, member by member: those that the flow gives, and the others by their rules. */
  members?: Record<string, MemberData>;
  /** What is written when nothing gave a value; without it the member is left out. */
  otherwise?: Json;
}

/**
 * `product`: `to` is the product of the numbers at the pointers `of`, if all are there.
 * `flatten`: the members of the object at `of` are repeated beside the envelope's own.
 * `copy`: `to` is the value at the pointer `of`.
 * `fill`: the members `of` are null where nothing gave them a value.
 */
export type DerivedData =
  | { rule: 'product'; to: string; of: string[] }
  | { rule: 'flatten'; of: string }
  | { rule: 'copy'; to: string; of: string }
  | { rule: 'fill'; of: string[] };

export type EventRole = 'telemetry' | 'status' | 'command' | 'event' | 'metric';

export interface EventTypeData {
  title: string;
  description: string;
  /** The place in the system's document (or code) where the type is defined. */
  source: string;
  role: EventRole;
  /** The type's name on the wire, where the envelope carries one. */
  wireName?: string;
  /** Topic template without the prefix: levels with `{parameter}` placeholders. */
  topic: string;
  /** Parameters of this type's topic; completes and overrides the contract's. */
  parameters?: Record<string, ParameterData>;
  /**
   * Parameters that no level of the topic holds, made of those it does: `{ serialNumber: 'BMS-SITE{siteId:number}-{unit}' }`.
   * `:number` writes a whole number without the zeros before it.
   */
  derivedParameters?: Record<string, string>;
  /**
   * Pointers that must all lead to something for a document to be of this type. Needed where types share a topic and
   * the envelope does not name the type; the type without pointers takes what no other recognises.
   */
  recognisedBy?: string[];
  /** Values that the members at these pointers may have, where they are there. The same purpose. */
  recognisedValues?: Record<string, Json[]>;
  /** Who sends and who reads it, by the system's document. */
  publisher?: string;
  consumers?: readonly string[];
  /** One of the contract's `switches`. */
  switch?: string;
  qos: Qos;
  retain: boolean;
  /**
   * After an outage new events of this type go before those that waited: each says when it was measured, and the
   * newest matters first. Without it the order of a topic is kept. Not for retained types: the broker would keep an
   * old value as the last one.
   */
  liveFirst?: boolean;
  /**
   * Partition key: a pointer into the document, or the name of a parameter. A parameter that is not in the topic stands
   * in the key alone: there it is read, and there it is written.
   */
  keyPointer?: string | string[];
  keyParameter?: string;
  /** Headers that readers need where a broker keeps a log (Kafka): Spring finds the Java type of a value by them. */
  logHeaders?: Record<string, string>;
  /** Hints for creating the topic where a broker keeps a log (Kafka). */
  log?: LogHint;
  /** Commands: seconds after which delivering is worse than dropping. */
  timeToLive?: number;
  /** The envelope, where this type's differs from the contract's. */
  envelope?: Partial<EnvelopeData>;
  /** JSON Schema (2020-12) of the payload, with `x-unit`, `x-kind` and `x-sign` annotations. */
  payload: JsonObject;
  /** A complete, valid payload, and the parameters and envelope members that go with it. */
  example: Json;
  exampleParameters?: Record<string, string>;
  exampleMembers?: JsonObject;
}

/** A typed placeholder of a topic template. */
export interface ParameterData {
  description: string;
  kind: ParameterKind;
  /** Pointers into the document from which the value is taken when the flow gives none; the first that has one. */
  from?: string[];
  default?: string;
  /** The only values it may have. */
  values?: string[];
  /** `values` are recognised in any case of letters. */
  anyCase?: boolean;
  /** A document whose value at `from` is another one than the topic's is refused: one of the two is wrong. */
  mustAgree?: boolean;
}

export type ParameterKind = 'identifier' | 'integer' | 'mac-address' | 'slug' | 'snake-case';

/** The names and thresholds of one service. */
export interface AlertSetData {
  title: string;
  description: string;
  rules: AlertRuleData[];
}

export interface AlertRuleData {
  /** The alert's name, such as `TEMPERATURE_HIGH`. */
  type: string;
  /** Pointer into the telemetry. */
  member: string;
  above?: number;
  below?: number;
  /**
   * Where an alert is over; at the limit itself if nothing is given. A distance keeps a value that trembles around its
   * limit from raising the same alert again and again.
   */
  clearAt?: number;
  severity: string;
}

export interface DeadLetterData {
  /** Topic template: `{topic}` is the original topic, `{topicFlat}` the same with `/` replaced by `_`. */
  topic: string;
  /** `original`: the original bytes, the reason in headers. `record`: a JSON document around the original. */
  form: 'original' | 'record';
  qos: Qos;
  /** Member names of the record; also used where a broker carries no headers. */
  record: DeadLetterRecordData;
}

export interface DeadLetterRecordData {
  originalTopic: string;
  reason: string;
  time: string;
  payload: string;
}

export interface RetryData {
  attempts: number;
  /** Milliseconds before the second attempt, the factor by which it grows, and its limit. */
  delay: number;
  factor: number;
  maximumDelay: number;
}

export interface IngestData {
  /** What to subscribe to, without the prefix. Wider than the templates, so that malformed topics are seen too. */
  filter: string;
  /** The type whose dead-letter topic takes what cannot be attributed to any. */
  otherwise: string;
  /** Inbound types that are none of the ingest's business, such as commands on their way out. */
  ignored: string[];
  /** The domain event that tells a change of status. */
  statusType: string;
  /** The parameters of a device's topic that name the device and, where there is one, its site. */
  device: { parameter: string; siteParameter?: string };
  status: IngestStatusData;
  /** Which inbound type becomes which domain event. */
  routes: Record<string, IngestRouteData>;
  /** The event that a measurement beyond one of the contract's `alerts` is worth, where the system has one. */
  alert?: AlertRouteData;
}

/** How a message says in which status a device is. */
export interface IngestStatusData {
  /** Pointers into its payload. */
  pointer: string;
  reasonPointer?: string;
  /** Names for values that are none, by their JSON text: `{ true: 'connected' }`. */
  names?: Record<string, string>;
  /** The status is written in either case of letters, and told in capitals. */
  anyCase?: boolean;
  /** A device in the first status that measures again is told to be in the second, for this reason. */
  away?: { status: string; back: string; reason: string };
}

export interface IngestRouteData {
  becomes: string;
  /** The device's own payload is handed on, and completed by the members that it lacks. */
  passes?: boolean;
  /** The domain event's members and where each comes from; see `telemetry/domain-members.ts` for the sources. */
  members: Record<string, string>;
}

export interface AlertRouteData extends IngestRouteData {
  /** What a rule's severity may be. */
  severities: string[];
}
