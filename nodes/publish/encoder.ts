import { Buffer } from 'node:buffer';
import { types } from 'node:util';
import type { Node, NodeAPI } from 'node-red';
import { isSamePlace } from '../../src/brokers/server-place.js';
import { type CloudEventMode, toCloudEvent } from '../../src/contracts/cloudevents/cloudevents.js';
import type { Contract } from '../../src/contracts/contract.js';
import type { EventType } from '../../src/contracts/event-type.js';
import { joinPrefix } from '../../src/contracts/topic-template.js';
import type { About } from '../../src/observe/facts/facts.js';
import type { SendRule } from '../../src/delivery/outbound/outbox.js';
import { GridwireError, toGridwireError } from '../../src/errors.js';
import type { GridwireEvent, Headers, Json, JsonObject, Qos, WireMessage } from '../../src/event.js';
import { type TraceParent, withTrace } from '../../src/observe/traces/trace-parent.js';
import type { UsableBrokerNode } from '../runtime/broker-node.js';
import { expiryNow } from '../flow-completion/index.js';
import { type TypedValue, evaluate } from '../runtime/evaluate.js';
import { givenParts, headerOrderOf, headersOf, isNothing, qosOf, retainOf } from '../runtime/given-rules.js';
import {
  type GridwireMessage,
  bodyOf,
  namedValues,
  parameterText,
  textParameters,
  topicOf,
} from '../runtime/messages.js';
import { isReadText } from '../runtime/read-text.js';
import { unchangedOr } from '../runtime/unchanged-body.js';
import { NOTHING } from '../runtime/nothing.js';
import { askedRequest } from '../runtime/request.js';
import { carrierOf } from './cloud-event-carrier.js';

export interface EncoderOptions {
  brokerNode: UsableBrokerNode;
  contract: Contract | undefined;
  /** With a contract: whether, and in which form, events travel as CloudEvents. */
  cloudEvents: CloudEventMode | 'off';
  /** The payload is an element of a list, and so a value already: a text is not read once more. */
  isElement: boolean;
  /** `''`: the message says which. */
  eventType: string;
  parameters: (TypedValue & { name: string })[];
  /** Without a contract. */
  topic: string;
  qos: Qos;
  retain: boolean;
}

/** What MQTT 3.1.1 has no place for. */
type Part =
  'headers' | 'key' | 'contentType' | 'expiresAt' | 'tombstone' | 'responseTopic' | 'correlationData';

const ALL_PARTS: readonly Part[] = [
  ...(['headers', 'key', 'contentType', 'expiresAt', 'tombstone'] as const),
  ...(['responseTopic', 'correlationData'] as const),
];

/** What a contract leaves to the flow. */
const FLOWS_OWN: readonly Part[] = ['headers', 'responseTopic', 'correlationData'];
const FLOWS_OWN_WITHOUT_REQUEST: readonly Part[] = ['headers'];
const FLOWS_OWN_AND_KEY: readonly Part[] = [...FLOWS_OWN, 'key'];

export interface Encoded {
  wire: WireMessage;
  /** How the contract has it delivered. */
  rule: SendRule;
}

/** Turns a flow's message into what the broker is given: by the contract, or as it is where there is none. */
export class Encoder {
  private readonly told = new Set<string>();

  constructor(
    private readonly RED: NodeAPI,
    private readonly node: Node,
    private readonly options: EncoderOptions,
  ) {}

  /** What kind of events it makes, where that is chosen. */
  get about(): About | undefined {
    const { contract, eventType } = this.options;
    return eventType === '' ? undefined : contract?.type(eventType).about;
  }

  /**
   * @param trace the step of a trace that publishes it: in headers, and among the attributes of a CloudEvent
   * @returns a promise only where the panel has values to be computed, which may take a while
   * @throws GridwireError whatever the contract refuses; or rejects with it
   */
  encode(message: GridwireMessage, trace?: TraceParent): Encoded | Promise<Encoded> {
    const { contract, brokerNode } = this.options;
    if (contract === undefined) {
      const wire = this.bare(message, this.inHeaders(trace));
      assertNoLoop(message, brokerNode, wire);
      return { wire, rule: {} };
    }
    if (this.options.parameters.length === 0) return this.byContract(contract, message, {}, trace);
    return this.parameters(message).then((values) => this.byContract(contract, message, values, trace));
  }

  private inHeaders(trace: TraceParent | undefined): TraceParent | undefined {
    return this.options.brokerNode.broker.capabilities.headers ? trace : undefined;
  }

  /** @param values of the topic's parameters, as the panel gives them */
  private byContract(
    contract: Contract,
    message: GridwireMessage,
    values: Record<string, string>,
    trace: TraceParent | undefined,
  ): Encoded {
    const { brokerNode } = this.options;
    const event = this.build(contract, message, values, this.inHeaders(trace));
    assertNoLoop(message, brokerNode, event);
    // Key, content type and expiry are the contract's; headers with their order, and what an answer needs, are the flow's own.
    const request = askedRequest(message);
    const type = contract.type(event.type);
    const { about, data } = type;
    const flowsOwn = request === NOTHING ? FLOWS_OWN_WITHOUT_REQUEST : FLOWS_OWN;
    this.tellNotCarried(event, request, type.isInKeyAlone(event.envelope) ? FLOWS_OWN_AND_KEY : flowsOwn);
    const { liveFirst = false } = data;
    const order = headerOrderOf(message);
    const wire = this.wireOf(contract, type, event, trace);
    return {
      wire: order === NOTHING && request === NOTHING ? wire : { ...wire, ...order, ...request },
      rule: { retry: contract.data.retry, liveFirst, about },
    };
  }

  private wireOf(
    contract: Contract,
    type: EventType,
    event: GridwireEvent,
    trace: TraceParent | undefined,
  ): WireMessage {
    const { cloudEvents, brokerNode } = this.options;
    const { broker } = brokerNode;
    const wire =
      cloudEvents === 'off'
        ? contract.serialise(event)
        : toCloudEvent(contract, event, cloudEvents, carrierOf(broker), { ...trace });
    const { logHeaders } = type.data;
    // What the flow gives goes before what the readers of the log need.
    if (logHeaders === undefined || !broker.capabilities.log) return wire;
    return { ...wire, headers: { ...logHeaders, ...wire.headers } };
  }

  private build(
    contract: Contract,
    message: GridwireMessage,
    values: Record<string, string>,
    trace: TraceParent | undefined,
  ): GridwireEvent {
    const given = message.event?.contract === contract.name ? message.event : undefined;
    const named: unknown = given?.type;
    const typeName = this.options.eventType !== '' ? this.options.eventType : named;
    if (typeof typeName !== 'string' || typeName === '') {
      throw new GridwireError(
        'TYPE_UNKNOWN',
        'The event type is taken from msg.event, and the message has none for this contract. Choose a type in the panel.',
      );
    }
    const sameType = given?.type === typeName ? given : undefined;
    const eventType = contract.type(typeName);
    return contract.build(typeName, {
      payload: this.options.isElement ? elementOf(message, eventType) : payloadOf(message, eventType),
      parameters: {
        ...sameType?.parameters,
        ...textParameters(message),
        ...values,
      },
      members: {
        ...(sameType === undefined ? {} : membersOf(contract, sameType)),
        // What the flow sets itself, such as a correlation id.
        ...namedValues(message, 'members'),
      },
      headers: withTrace({ ...marksOf(message, sameType), ...headersOf(message) }, trace),
    });
  }

  private async parameters(message: GridwireMessage): Promise<Record<string, string>> {
    const values: Record<string, string> = {};
    for (const { name, ...input } of this.options.parameters) {
      const value = await evaluate(this.RED, this.node, input, message);
      const text = parameterText(value, `The value of the parameter ${name}`);
      if (text !== undefined) values[name] = text;
    }
    return values;
  }

  private bare(message: GridwireMessage, trace: TraceParent | undefined): WireMessage {
    const topic = this.options.topic !== '' ? this.options.topic : (topicOf(message) ?? '');
    if (topic === '') {
      throw new GridwireError(
        'TOPIC_ILLEGAL',
        'There is no topic: neither the node nor msg.topic names one.',
      );
    }
    const retain = retainOf(message) ?? this.options.retain;
    const parts = givenParts(message);
    if (parts.expiresAt !== undefined) parts.expiresAt = expiryNow(message, parts.expiresAt);
    const wire: WireMessage = {
      topic: joinPrefix(this.options.brokerNode.topicPrefix, topic),
      body: isNothing(message, retain) ? Buffer.alloc(0) : bareBody(message),
      qos: qosOf(message) ?? this.options.qos,
      retain,
      ...parts,
      headers: withTrace(parts.headers, trace),
    };
    this.tellNotCarried(wire, NOTHING, ALL_PARTS);
    return wire;
  }

  /** Once for each part: a flow that runs on several brokers is not refused on one that carries less. */
  private tellNotCarried(
    wire: Pick<WireMessage, 'topic' | 'headers'> & Partial<Record<Part, unknown>>,
    request: Partial<Record<Part, unknown>>,
    parts: readonly Part[],
  ): void {
    if (this.options.brokerNode.broker.capabilities.headers) return;
    for (const part of parts) {
      const value = request[part] ?? wire[part];
      const isGiven = part === 'headers' ? Object.keys(wire.headers).length > 0 : value !== undefined;
      if (!isGiven) continue;
      this.tell(
        part,
        `The broker carries no ${part} (MQTT 3.1.1): the message for ${wire.topic} goes without, and so do those after it. Choose MQTT 5 in the broker's panel to carry it.`,
      );
    }
  }

  private tell(part: string, text: string): void {
    if (this.told.has(part)) return;
    this.told.add(part);
    this.node.warn(text);
  }
}

/** What ingest itself has put on an event: that it was made of a retained value. What came with one, the flow sets. */
function marksOf({ ingestedFrom }: GridwireMessage, event: GridwireEvent | undefined): Headers {
  return ingestedFrom === undefined || event === undefined ? {} : event.headers;
}

/** A document that the flow has not changed goes out as it came, with its blanks and the spelling of its numbers. */
function bareBody({ payload, original }: GridwireMessage): Uint8Array {
  const isRead = !types.isUint8Array(payload) && types.isUint8Array(original?.body);
  return isRead ? unchangedOr(original.body, payload) : bodyOf(payload);
}

/** Objects as they are; a text or bytes that hold JSON are read, so that a bare `mqtt in` can feed the node. */
function payloadOf(message: GridwireMessage, type: EventType): Json {
  if (isReadText(message)) return message.payload;
  const { payload } = message;
  if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return (payload ?? null) as Json;
  try {
    return type.payloadFrom(Buffer.from(payload));
  } catch (thrown) {
    // Only what is no JSON is a text; what is and would be changed is refused.
    const { code } = toGridwireError(thrown);
    if (code === 'BODY_NOT_JSON' || code === 'BODY_EMPTY') return payload.toString();
    throw thrown;
  }
}

/** A text is a value; bytes may hold a document all the same. */
function elementOf(message: GridwireMessage, type: EventType): Json {
  return typeof message.payload === 'string' ? message.payload : payloadOf(message, type);
}

/**
 * Some contracts have no other topics for what ingest makes of a device's messages (Battery Hawk): on the broker that they
 * came from ingest would read them again, and so on without end.
 * @throws GridwireError `NOT_SUPPORTED`
 */
function assertNoLoop(
  { ingestedFrom, original }: GridwireMessage,
  { id, name, broker: { address } }: UsableBrokerNode,
  { topic }: Pick<WireMessage, 'topic'>,
): void {
  if (typeof ingestedFrom !== 'string' || topic !== original?.topic) return;
  if (!isSamePlace(ingestedFrom, address)) return;
  const broker = name === undefined || name === '' ? id : name;
  const reason = `The event was ingested from ${topic} on the broker "${broker}", and there ingest would read it again and again. Publish it to another broker, or under another topic or prefix.`;
  throw new GridwireError('NOT_SUPPORTED', reason, { details: { topic } });
}

/** An event that is passed on keeps its identity: id, trace, time of the envelope it came in. */
function membersOf(contract: Contract, event: GridwireEvent): JsonObject {
  const { payloadMember } = contract.type(event.type).envelope;
  if (payloadMember === '') return {};
  const { [payloadMember]: payload, ...members } = event.envelope;
  return members;
}
