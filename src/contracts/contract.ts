import { Buffer } from 'node:buffer';
import { BOUNDS } from '../bounds.js';
import { GridwireError } from '../errors.js';
import type { GridwireEvent, Headers, InboundMessage, Json, WireMessage } from '../event.js';
import type { About } from '../observe/facts/facts.js';
import type { ContractData } from './contract-data.js';
import { type EnvelopeParts } from './envelope.js';
import { EventType } from './event-type.js';
import {
  type BodyLimits,
  DEFAULT_BODY_LIMITS,
  type ReadBody,
  assertSize,
  readJsonBody,
} from './json/json-body.js';
import { asDocument, givenMembers } from './document.js';
import { jsonText } from './json/json-text.js';
import { isObject, toJson } from './json/json-value.js';
import { inDialect } from './dialect.js';
import { letterTopic } from './letter-topic.js';
import { recognised } from './recognised.js';
import { describe } from './schemas.js';
import type { TimeFormat } from './time/time-format.js';
import { assertZone } from './time/zone.js';
import { isNanoseconds } from './written-time.js';
import { TopicIndex } from './topic-index.js';

export interface ContractOptions {
  /** `documented` (what the system's document says, the default) or one of the contract's dialects. */
  dialect?: string;
  /** Replaces the contract's own topic prefix; `''` or absent keeps it. */
  prefix?: string;
  limits?: BodyLimits;
  /** Names of the contract's `switches` that are off; events of their types are refused with `TYPE_DISABLED`. */
  disabled?: readonly string[];
}

/** What a flow gives to have an event built. */
export interface EventInput {
  /** Whatever the message holds; what JSON cannot carry is refused. */
  payload: unknown;
  parameters?: Record<string, string>;
  /** Envelope members that the flow sets itself, such as a correlation id. */
  members?: Record<string, unknown>;
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
  readonly limits: BodyLimits;
  /** One level less than the limit: the envelope adds one. */
  private readonly payloadLimits: BodyLimits;
  private readonly disabled: ReadonlySet<string>;
  /** How facts name events of which no more is known. */
  private readonly about: About;
  /** The same for topics that several types share, by the first of these. */
  private readonly shared = new Map<About, About>();
  private readonly topics: TopicIndex;
  private readonly timeFormat: TimeFormat | undefined;

  /**
   * @throws GridwireError `CONTRACT_UNKNOWN` for an unknown dialect, `CONTRACT_INVALID` for data that cannot be used
   */
  constructor(data: ContractData, options: ContractOptions = {}) {
    this.dialect = options.dialect ?? 'documented';
    this.data = inDialect(data, this.dialect);
    this.about = Object.freeze({ contract: this.data.name, type: '', wireName: '', template: '' });
    assertZone(this.data.timeZone);
    this.prefix = options.prefix !== undefined && options.prefix !== '' ? options.prefix : this.data.prefix;
    this.limits = options.limits ?? DEFAULT_BODY_LIMITS;
    this.payloadLimits = { ...this.limits, maxDepth: this.limits.maxDepth - 1 };
    this.disabled = new Set(options.disabled);
    this.eventTypes = new Map(
      Object.entries(this.data.types).map(([name, type]) => [
        name,
        new EventType(name, type, this.data, this.prefix),
      ]),
    );
    this.topics = new TopicIndex(this.types);
    this.timeFormat = this.data.timeFormat;
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
        `The contract ${this.name} (${this.dialect}) has no event type "${name.slice(0, BOUNDS.parameterCharacters)}". It has: ${[...this.eventTypes.keys()].join(', ')}.`,
      );
    }
    return type;
  }

  /**
   * Builds and checks an event.
   * @throws GridwireError `TYPE_UNKNOWN`, `TYPE_DISABLED`, `SCHEMA_VIOLATION`, `PARAMETER_MISSING`,
   *   `IDENTIFIER_ILLEGAL`, `TIME_INVALID`, `BODY_TOO_DEEP`, `BODY_UNSAFE_KEY`
   */
  build(typeName: string, input: EventInput): GridwireEvent {
    const type = this.type(typeName);
    this.assertEnabled(type);
    const now = input.now ?? Date.now();
    const parts: EnvelopeParts = {
      payload: toJson(input.payload, this.payloadLimits, type.copies.payload),
      parameters: input.parameters ?? {},
      members: givenMembers(input.members ?? {}, this.payloadLimits, type.copies.members),
      now,
      timeFormat: this.timeFormat,
    };
    const event = type.eventFrom(type.compose(parts), {
      given: parts.parameters,
      headers: input.headers ?? {},
      now,
    });
    this.assertReadable(type, event.topic);
    return event;
  }

  /**
   * The bytes of an event, and the rules by which they travel.
   * @throws GridwireError `BODY_TOO_LARGE`
   */
  serialise(event: GridwireEvent): WireMessage {
    const type = this.type(event.type);
    const body = Buffer.from(jsonText(type.bodyOf(event.envelope)));
    assertSize(body, this.limits);
    const message: WireMessage = {
      topic: event.topic,
      body,
      qos: event.qos,
      retain: event.retain,
      headers: event.headers,
      contentType: 'application/json',
    };
    if (event.key !== undefined) message.key = event.key;
    if (event.expiresAt !== undefined) message.expiresAt = event.expiresAt;
    if (type.log !== undefined) message.log = type.log;
    return message;
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
    const { value: body, written } = this.read(message);
    const type = this.choose(candidates, body, message.topic);
    const document = type.documentOf(body) ?? asDocument(body);
    return type.eventFrom(document, {
      topic: message.topic,
      key: message.key,
      headers: message.headers,
      now: message.receivedAt,
      written,
    });
  }

  /** Nanoseconds are no other number yet: only the type says where its time stands. */
  private read({ body }: InboundMessage): ReadBody {
    return readJsonBody(body, this.limits, isNanoseconds);
  }

  /** Whether events of a topic stay with the broker as its value. */
  isRetained(topic: string): boolean {
    return this.fitting(topic).some(({ data }) => data.retain);
  }

  /** What kind of event a topic is for, as far as it says: the type is empty where several or none have it. */
  aboutOf(topic: string): About {
    const [first = this.about, ...others] = this.fitting(topic).map(({ about }) => about);
    if (others.length === 0) return first;
    const known = this.shared.get(first) ?? Object.freeze({ ...first, type: '', wireName: '' });
    this.shared.set(first, known);
    return known;
  }

  /** The dead-letter topic for a message that came from, or was meant for, a topic. It is no topic of an event. */
  deadLetterTopic(topic: string): string {
    const { prefix } = this;
    const rule = this.data.deadLetter.topic;
    return letterTopic(topic, { rule, prefix, isOfEvent: (place) => this.fitting(place).length > 0 });
  }

  /**
   * Whether a message is of a type, with these values for parameters of its topic: topics of several types can be
   * selected by one filter. True for one that cannot be read and came on the type's topic, so that it is refused there.
   */
  isOf(
    message: InboundMessage,
    typeName: string,
    parameters: Readonly<Record<string, string>> = {},
  ): boolean {
    const type = this.type(typeName);
    if (!type.topic.fits(message.topic)) return false;
    try {
      const candidates = this.candidates(message.topic);
      if (!candidates.includes(type)) return false;
      if (candidates.length > 1 && this.choose(candidates, this.read(message).value, message.topic) !== type)
        return false;
      return type.topic.has(message.topic, parameters);
    } catch (error) {
      if (error instanceof GridwireError) return true;
      throw error;
    }
  }

  private candidates(topic: string): readonly EventType[] {
    const fitting = this.fitting(topic);
    if (fitting.length > 0) return fitting;
    throw new GridwireError(
      'TOPIC_UNKNOWN',
      `No event type of ${this.name} (${this.dialect}) has the topic ${JSON.stringify(topic.slice(0, 200))}.`,
      { details: { topic } },
    );
  }

  /** The types of the most specific form that a topic has; none for one that is too long to be one. */
  private fitting(topic: string): readonly EventType[] {
    return topic.length > BOUNDS.topicBytes ? [] : this.topics.find(topic);
  }

  private choose(candidates: readonly EventType[], body: Json, topic: string): EventType {
    const [first, ...others] = candidates;
    // With one candidate its schema says best what is wrong.
    if (first !== undefined && others.length === 0) return first;
    // Where all want an object, that is what is wrong.
    if (candidates.every((type) => type.documentOf(body) === undefined)) asDocument(body);
    const typeMember = first?.envelope.typeMember;
    const wireName = typeMember === undefined || !isObject(body) ? undefined : body[typeMember];
    const chosen =
      typeMember === undefined
        ? recognised(candidates, body)
        : candidates.find((type) => type.data.wireName === wireName);
    if (chosen !== undefined) return chosen;
    const known = candidates.map((type) => type.data.wireName ?? type.name).join(', ');
    throw new GridwireError(
      'TYPE_UNKNOWN',
      typeMember === undefined
        ? `The message on ${topic} has the members of none of ${known}.`
        : `"${typeMember}" is ${describe(wireName)}, but on ${topic} the contract knows ${known}.`,
      { details: { topic, found: wireName ?? null } },
    );
  }

  /** Where the document says its type, one under another type's topic is refused by whoever reads it. */
  private assertReadable(type: EventType, topic: string): void {
    const { envelope, name } = type;
    if (envelope.typeMember === undefined) return;
    if (topic.length <= BOUNDS.topicBytes && this.topics.isAlwaysFound(type)) return;
    const readAs = this.fitting(topic);
    if (readAs.some((each) => each.name === name)) return;
    const others = readAs.map((each) => each.name).join(', ');
    throw new GridwireError(
      'IDENTIFIER_ILLEGAL',
      `The topic ${JSON.stringify(topic.slice(0, 120))} would be read as one of ${others === '' ? 'no type' : others} and not of ${name}: a name in it has a part of that topic. Choose another name.`,
      { details: { topic } },
    );
  }

  private assertEnabled(type: EventType): void {
    const name = type.switch;
    if (name === undefined || !this.disabled.has(name)) return;
    throw new GridwireError(
      'TYPE_DISABLED',
      `Events of type ${type.name} are switched off by the setting "${this.data.switches?.[name]?.title ?? name}".`,
      { details: { type: type.name, switch: name } },
    );
  }
}
