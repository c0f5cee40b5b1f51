import { GridwireError } from '../errors.js';
import type { GridwireEvent, Headers, InboundMessage, Json, JsonObject, WireMessage } from '../event.js';
import type { ContractData } from './contract-data.js';
import { type EnvelopeParts } from './envelope.js';
import { EventType } from './event-type.js';
import { type BodyLimits, DEFAULT_BODY_LIMITS, parseJsonBody } from './json-body.js';
import { mergePatch } from './merge-patch.js';
import { joinPrefix } from './topic-template.js';

export interface ContractOptions {
  /** `documented` (what the system's document says, the default) or one of the contract's dialects. */
  dialect?: string;
  /** Replaces the contract's own topic prefix; `''` or absent keeps it. */
  prefix?: string;
  limits?: BodyLimits;
}

/** What a flow gives to have an event built. */
export interface EventInput {
  payload: Json;
  parameters?: Record<string, string>;
  /** Envelope members that the flow sets itself, such as a correlation id. */
  members?: JsonObject;
  headers?: Headers;
  /** Milliseconds since the epoch; for tests and replays. */
  now?: number;
}

/**
 * One system's rules, ready to use: builds events from payloads, turns them into bytes, and reads them back.
 * Everything is compiled when the contract is opened, so that a wrong contract is refused at deploy time.
 */
export class Contract {
  readonly data: ContractData;
  readonly dialect: string;
  readonly prefix: string;
  private readonly eventTypes: ReadonlyMap<string, EventType>;
  private readonly limits: BodyLimits;

  /**
   * @throws GridwireError `CONTRACT_UNKNOWN` for an unknown dialect, `CONTRACT_INVALID` for data that cannot be used
   */
  constructor(data: ContractData, options: ContractOptions = {}) {
    this.dialect = options.dialect ?? 'documented';
    this.data = inDialect(data, this.dialect);
    this.prefix = options.prefix !== undefined && options.prefix !== '' ? options.prefix : this.data.prefix;
    this.limits = options.limits ?? DEFAULT_BODY_LIMITS;
    this.eventTypes = new Map(
      Object.entries(this.data.types).map(([name, type]) => [
        name,
        new EventType(name, type, this.data, this.prefix),
      ]),
    );
  }

  get name(): string {
    return this.data.name;
  }

  get types(): EventType[] {
    return [...this.eventTypes.values()];
  }

  /** @throws GridwireError `TYPE_UNKNOWN` */
  type(name: string): EventType {
    const type = this.eventTypes.get(name);
    if (type === undefined) {
      throw new GridwireError(
        'TYPE_UNKNOWN',
        `The contract ${this.name} (${this.dialect}) has no event type "${name}". It has: ${[...this.eventTypes.keys()].join(', ')}.`,
      );
    }
    return type;
  }

  /**
   * Builds and checks an event.
   * @throws GridwireError `TYPE_UNKNOWN`, `SCHEMA_VIOLATION`, `PARAMETER_MISSING`, `IDENTIFIER_ILLEGAL`, `TIME_INVALID`
   */
  build(typeName: string, input: EventInput): GridwireEvent {
    const type = this.type(typeName);
    const now = input.now ?? Date.now();
    const parts: EnvelopeParts = {
      payload: input.payload,
      parameters: input.parameters ?? {},
      members: input.members ?? {},
      now,
    };
    return type.eventFrom(type.compose(parts), {
      given: parts.parameters,
      headers: input.headers ?? {},
      now,
    });
  }

  /** The bytes of an event, and the rules by which they travel. */
  serialise(event: GridwireEvent): WireMessage {
    return {
      topic: event.topic,
      body: Buffer.from(JSON.stringify(event.envelope)),
      qos: event.qos,
      retain: event.retain,
      headers: event.headers,
      contentType: 'application/json',
      ...(event.key === undefined ? {} : { key: event.key }),
      ...(event.expiresAt === undefined ? {} : { expiresAt: event.expiresAt }),
    };
  }

  /**
   * Reads a message: finds its type by topic (and by the envelope's type member where several types share a topic),
   * then checks it.
   * @param typeName the type, where it is known already; the topic may then be any
   * @throws GridwireError `TOPIC_UNKNOWN`, `TYPE_UNKNOWN`, `IDENTIFIER_ILLEGAL`, any `BODY_…`, `SCHEMA_VIOLATION`,
   *   `TIME_INVALID`
   */
  parse(message: InboundMessage, typeName?: string): GridwireEvent {
    const candidates = typeName === undefined ? this.candidates(message.topic) : [this.type(typeName)];
    const document = asDocument(parseJsonBody(message.body, this.limits));
    const type = this.choose(candidates, document, message.topic);
    return type.eventFrom(document, {
      topic: message.topic,
      headers: message.headers,
      now: message.receivedAt,
    });
  }

  /** The dead-letter topic for a message that came from, or was meant for, a topic. */
  deadLetterTopic(topic: string): string {
    const rule = this.data.deadLetter.topic
      .replaceAll('{topicFlat}', topic.replaceAll('/', '_'))
      .replaceAll('{topic}', topic);
    // A rule that starts with the original topic carries the prefix already.
    return this.data.deadLetter.topic.startsWith('{topic}') ? rule : joinPrefix(this.prefix, rule);
  }

  private candidates(topic: string): EventType[] {
    const fitting = this.types.filter((type) => type.topic.match(topic) !== undefined);
    if (fitting.length === 0) {
      throw new GridwireError(
        'TOPIC_UNKNOWN',
        `No event type of ${this.name} (${this.dialect}) has the topic ${JSON.stringify(topic.slice(0, 200))}.`,
        { details: { topic } },
      );
    }
    return fitting;
  }

  private choose(candidates: EventType[], document: JsonObject, topic: string): EventType {
    const [first] = candidates;
    const typeMember = first?.envelope.typeMember;
    if (first === undefined || typeMember === undefined) return first as EventType;
    const wireName = document[typeMember];
    const chosen = candidates.find((type) => type.data.wireName === wireName);
    // With one candidate the schema says best what is wrong with the type member.
    if (chosen === undefined && candidates.length > 1) {
      throw new GridwireError(
        'TYPE_UNKNOWN',
        `"${typeMember}" is ${wireName === undefined ? 'missing' : JSON.stringify(wireName)}, but on ${topic} the contract knows ${candidates.map((type) => String(type.data.wireName)).join(', ')}.`,
        { details: { topic, found: wireName ?? null } },
      );
    }
    return chosen ?? first;
  }
}

function inDialect(data: ContractData, dialect: string): ContractData {
  if (dialect === 'documented') return data;
  const variant = data.dialects[dialect];
  if (variant === undefined) {
    throw new GridwireError(
      'CONTRACT_UNKNOWN',
      `The contract ${data.name} has no dialect "${dialect}". It has: ${['documented', ...Object.keys(data.dialects)].join(', ')}.`,
    );
  }
  return mergePatch(data as unknown as Json, variant.patch) as unknown as ContractData;
}

function asDocument(value: Json): JsonObject {
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value;
  throw new GridwireError('SCHEMA_VIOLATION', 'The message must be a JSON object.', {
    details: {
      violations: [
        {
          path: '',
          rule: 'type',
          expected: 'an object',
          found: Array.isArray(value) ? 'an array' : JSON.stringify(value),
        },
      ],
    },
  });
}
