import { GridwireError } from '../errors.js';
import type { GridwireEvent, Headers, Json, JsonObject, Key, LogHint } from '../event.js';
import type { About } from '../observe/facts/facts.js';
import type { ContractData, EnvelopeData, EventTypeData } from './contract-data.js';
import { type EnvelopeParts, compileEnvelope } from './envelope.js';
import { type EventRules, eventRules } from './event-rules.js';
import { ANY_SIZE, assertExact, readJsonBody } from './json/json-body.js';
import { isObject } from './json/json-value.js';
import { mergePatch } from './json/merge-patch.js';
import { compileMarks } from './marks.js';
import { checkParameter, sameParameter } from './parameter.js';
import { firstText } from './json/pointer.js';
import { ShapedCopy } from './json/shaped-copy.js';
import { type SchemaCheck, type Violation, compileSchema, describe, violationText } from './schemas.js';
import { TopicTemplate, joinPrefix } from './topic-template.js';
import { isNanoseconds, rewriteTime } from './written-time.js';

export interface EventContext {
  /** The topic the document came with; without it the topic is made from the parameters. */
  topic?: string;
  /** The key it came with. */
  key?: Key | undefined;
  /** Parameters that the flow gave. */
  given?: Readonly<Record<string, string>>;
  headers: Headers;
  /** Milliseconds since the epoch: when it was built or received. */
  now: number;
  /** Numbers of the body it came as that may be nanoseconds, by the pointers to them: see written-time.ts. */
  written?: ReadonlyMap<string, string>;
}

/** One event type of a contract, compiled: its topic template, envelope and schemas. */
export class EventType {
  readonly name: string;
  readonly data: EventTypeData;
  readonly envelope: EnvelopeData;
  /** What a broker that keeps a log has to know of its topic. */
  readonly log: LogHint | undefined;
  /** By which it can be switched off. */
  readonly switch: string | undefined;
  readonly topic: TopicTemplate;
  /** How facts name it. */
  readonly about: About;
  private readonly contract: ContractData;
  private readonly checkEnvelope: SchemaCheck;
  private readonly checkPayload: SchemaCheck;
  /** Puts a payload into the envelope. @throws GridwireError `SCHEMA_VIOLATION` */
  readonly compose: (parts: EnvelopeParts) => JsonObject;
  /** How much of what a type is recognised by a body has. */
  readonly marksOf: (body: Json) => number | undefined;
  private readonly rules: EventRules;
  /** Copy what flows give for its events. */
  readonly copies = { payload: new ShapedCopy(), members: new ShapedCopy() };

  constructor(name: string, data: EventTypeData, contract: ContractData, prefix: string) {
    this.name = name;
    this.data = data;
    this.contract = contract;
    this.log = data.log;
    this.switch = data.switch;
    this.envelope = mergePatch(
      contract.envelope as unknown as Json,
      (data.envelope ?? {}) as unknown as Json,
    ) as unknown as EnvelopeData;
    this.topic = new TopicTemplate(joinPrefix(prefix, data.topic), {
      ...contract.parameters,
      ...data.parameters,
    });
    const { wireName = name } = data;
    this.about = Object.freeze({ contract: contract.name, type: name, wireName, template: this.topic.text });
    const label = `${contract.name}/${name}`;
    if (data.role === 'command' && data.timeToLive === undefined) {
      const text = `${label}: a command needs a time to live, because a late one is dangerous.`;
      throw new GridwireError('CONTRACT_INVALID', text);
    }
    if (data.liveFirst === true && data.retain) {
      const text = `${label}: a retained type cannot be sent newest first, because its last value would then be an old one.`;
      throw new GridwireError('CONTRACT_INVALID', text);
    }
    this.checkEnvelope = compileSchema(this.envelope.schema, `${label} (envelope)`);
    this.checkPayload = compileSchema(data.payload, `${label} (payload)`);
    this.compose = compileEnvelope(this.envelope, data);
    this.marksOf = compileMarks(data);
    this.rules = eventRules(data, this.envelope, contract, this.topic);
  }

  get isCommand(): boolean {
    return this.data.role === 'command';
  }

  /** What is wrong with a document of this type; empty if it is valid. */
  violations(document: JsonObject): readonly Violation[] {
    const ofEnvelope = joined(this.checkEnvelope(document), this.typeViolation(document));
    // A missing payload has been named by the envelope's schema.
    const { payloadMember, isBare, isPayloadChecked } = this.rules;
    const present = payloadMember === '' || Object.hasOwn(document, payloadMember);
    if (!isPayloadChecked || !present) return ofEnvelope;
    const ofPayload = this.checkPayload(this.payloadOf(document));
    if (ofPayload.length === 0) return ofEnvelope;
    const base = payloadMember === '' || isBare ? '' : `/${payloadMember}`;
    return [...ofEnvelope, ...ofPayload.map((violation) => ({ ...violation, path: base + violation.path }))];
  }

  /** The document that a body stands for; undefined for a body that must be an object and is none. */
  documentOf(body: Json): JsonObject | undefined {
    if (this.rules.isBare) return { [this.rules.payloadMember]: body };
    return isObject(body) ? body : undefined;
  }

  /** The other way round: what is written as the body. */
  bodyOf(document: JsonObject): Json {
    return this.rules.isBare ? this.payloadOf(document) : document;
  }

  private payloadOf(document: JsonObject): Json {
    const { payloadMember } = this.rules;
    return payloadMember === '' ? document : (document[payloadMember] ?? null);
  }

  /**
   * The payload that a text stands for, before there is an event.
   * @throws GridwireError what `parseJsonBody` throws
   */
  payloadFrom(body: Uint8Array): Json {
    const { value, written } = readJsonBody(body, ANY_SIZE, isNanoseconds);
    if (this.envelope.payloadMember !== '' || !isObject(value))
      for (const text of written.values()) assertExact(text);
    else this.readNanoseconds(value, written);
    return value;
  }

  /**
   * The event a document stands for, checked.
   * @throws GridwireError `SCHEMA_VIOLATION`, `PARAMETER_MISSING`, `IDENTIFIER_ILLEGAL`, `TIME_INVALID`
   */
  eventFrom(document: JsonObject, context: EventContext): GridwireEvent {
    this.refuse(this.violations(document));
    this.readNanoseconds(document, context.written);
    const parameters =
      context.topic === undefined
        ? this.fillParameters(document, context.given ?? {})
        : (this.topic.match(context.topic) ?? {});
    const topic = context.topic ?? this.topic.render(parameters);
    this.addKeyParameter(parameters, document, context);
    this.refuse(this.disagreements(document, parameters));
    this.addDerivedParameters(parameters);
    const { qos, retain, isBare, timeOf, timeToLive } = this.rules;
    const key = this.keyOf(document, parameters);
    const time = timeOf?.(document);
    const event: GridwireEvent = {
      contract: this.contract.name,
      type: this.name,
      topic,
      parameters,
      envelope: document,
      payload: this.payloadOf(document),
      qos,
      retain,
      headers: context.headers,
    };
    if (isBare) event.bare = true;
    if (key !== undefined) event.key = key;
    if (time !== undefined) event.time = time;
    if (timeToLive !== undefined) event.expiresAt = (time ?? context.now) + timeToLive * 1000;
    return event;
  }

  /** The topic's parameters: what the flow gave, else what the document holds, else the contract's default. */
  fillParameters(document: Json, given: Readonly<Record<string, string>>): Record<string, string> {
    const { topic, parametersOf } = this.rules;
    const values = new Array<string | undefined>(topic.length);
    for (let at = 0; at < topic.length; at += 1) {
      const { name, textIn, otherwise } = topic[at] as (typeof topic)[number];
      values[at] = given[name] ?? textIn(document) ?? otherwise;
    }
    return parametersOf(values);
  }

  private typeViolation(document: JsonObject): readonly Violation[] {
    const { typeMember, wireName } = this.rules;
    const found = typeMember === undefined ? undefined : document[typeMember];
    if (found === undefined || wireName === undefined || found === wireName) return NONE;
    const expected = `${JSON.stringify(wireName)}, as the topic says`;
    return [{ path: `/${String(typeMember)}`, rule: 'const', expected, found: describe(found) }];
  }

  /** Parameters of which the document says something else than the topic. */
  private disagreements(document: Json, parameters: Readonly<Record<string, string>>): readonly Violation[] {
    let violations = NONE;
    for (const { name, definition, path, textIn } of this.rules.mustAgree) {
      const found = textIn(document);
      const inTopic = parameters[name] ?? '';
      if (found === undefined || sameParameter(definition, found, inTopic)) continue;
      const expected = `${JSON.stringify(inTopic)}, as the topic says`;
      violations = [...violations, { path, rule: 'topic', expected, found: describe(found) }];
    }
    return violations;
  }

  private addDerivedParameters(parameters: Record<string, string>): void {
    for (const [name, template] of this.rules.derived) {
      parameters[name] ??= template.replaceAll(
        /\{([^}:]+)(:number)?\}/g,
        (_, from: string, form?: string) => {
          const value = parameters[from] ?? '';
          return form === undefined ? value : value.replace(/^0+(?=\d)/, '');
        },
      );
    }
  }

  /** A parameter that stands in the key alone: read from there, or taken from what the flow gives. */
  private addKeyParameter(
    parameters: Record<string, string>,
    document: Json,
    { topic, key, given = {} }: EventContext,
  ): void {
    const name = this.rules.keyParameter;
    if (name === undefined || parameters[name] !== undefined) return;
    const definition = this.data.parameters?.[name] ?? this.contract.parameters[name];
    // A broker without keys has lost it; derived parameters are no part of the key.
    if (definition === undefined || this.data.derivedParameters?.[name] !== undefined) return;
    const inDocument = firstText(document, definition.from ?? []);
    if (topic !== undefined && key === undefined && inDocument === undefined) return;
    const value =
      topic === undefined ? (given[name] ?? inDocument ?? definition.default) : (textOf(key) ?? inDocument);
    parameters[name] = checkParameter(name, definition, value);
  }

  /** Whether the key says something of a document that neither its topic nor the document itself does. */
  isInKeyAlone(document: Json): boolean {
    const name = this.data.keyParameter;
    if (name === undefined || this.data.derivedParameters?.[name] !== undefined) return false;
    if (this.topic.parameters.some((parameter) => parameter.name === name)) return false;
    const definition = this.data.parameters?.[name] ?? this.contract.parameters[name];
    return firstText(document, definition?.from ?? []) === undefined;
  }

  private keyOf(document: Json, parameters: Readonly<Record<string, string>>): string | undefined {
    const { keyParameter, keyIn } = this.rules;
    return keyParameter === undefined ? keyIn(document) : parameters[keyParameter];
  }

  private refuse(violations: readonly Violation[]): void {
    if (violations.length === 0) return;
    throw new GridwireError(
      'SCHEMA_VIOLATION',
      `Not a valid ${this.contract.name}/${this.name}: ${violationText(violations)}.`,
      { details: { violations } },
    );
  }

  private readNanoseconds(document: JsonObject, written: ReadonlyMap<string, string> | undefined): void {
    if (written === undefined || written.size === 0) return;
    const { bare, payloadMember, timePointer } = this.envelope;
    const base = bare === true ? `/${payloadMember}` : '';
    const inDocument = new Map([...written].map(([place, text]) => [base + place, text]));
    rewriteTime(
      document,
      inDocument,
      (place) => place === timePointer && this.violations(document).length === 0,
    );
  }
}

const NONE: readonly Violation[] = [];

/** Nearly always both are empty. */
function joined(one: readonly Violation[], other: readonly Violation[]): readonly Violation[] {
  return other.length === 0 ? one : [...one, ...other];
}

/** A key that is no text names nothing; what is shown instead is refused by every kind of parameter. */
function textOf(key: Key | undefined): string | undefined {
  return key === undefined || typeof key === 'string'
    ? key
    : `bytes\u0000${Buffer.from(key).toString('hex')}`;
}
