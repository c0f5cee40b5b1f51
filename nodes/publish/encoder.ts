import type { Node, NodeAPI } from 'node-red';
import { type CloudEventMode, toCloudEvent } from '../../src/contracts/cloudevents/cloudevents.js';
import type { Contract } from '../../src/contracts/contract.js';
import { ANY_SIZE, parseJsonBody } from '../../src/contracts/json/json-body.js';
import { joinPrefix } from '../../src/contracts/topic-template.js';
import type { About } from '../../src/observe/facts/facts.js';
import type { SendRule } from '../../src/delivery/outbound/outbox.js';
import { GridwireError, toGridwireError } from '../../src/errors.js';
import type { GridwireEvent, Json, JsonObject, Qos, WireMessage } from '../../src/event.js';
import type { UsableBrokerNode } from '../runtime/broker-node.js';
import { type TypedValue, evaluate } from '../runtime/evaluate.js';
import { type GridwireMessage, bodyOf, textParameters, topicOf } from '../runtime/messages.js';
import { carrierOf } from './cloud-event-carrier.js';
import { headersOf, keyOf, qosOf, retainOf } from './given-rules.js';

export interface EncoderOptions {
  brokerNode: UsableBrokerNode;
  contract: Contract | undefined;
  /** With a contract: whether, and in which form, events travel as CloudEvents. */
  cloudEvents: CloudEventMode | 'off';
  /** `''`: the message says which. */
  eventType: string;
  parameters: (TypedValue & { name: string })[];
  /** Without a contract. */
  topic: string;
  qos: Qos;
  retain: boolean;
}

export interface Encoded {
  wire: WireMessage;
  /** How the contract has it delivered. */
  rule: SendRule;
}

/** Turns a flow's message into what the broker is given: by the contract, or as it is where there is none. */
export class Encoder {
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

  /** @throws GridwireError whatever the contract refuses */
  async encode(message: GridwireMessage): Promise<Encoded> {
    const { contract } = this.options;
    if (contract === undefined) return { wire: this.bare(message), rule: {} };
    const event = await this.build(contract, message);
    const { about, data } = contract.type(event.type);
    const { liveFirst = false } = data;
    return { wire: this.wireOf(contract, event), rule: { retry: contract.data.retry, liveFirst, about } };
  }

  private wireOf(contract: Contract, event: GridwireEvent): WireMessage {
    const { cloudEvents, brokerNode } = this.options;
    const { broker } = brokerNode;
    const wire =
      cloudEvents === 'off'
        ? contract.serialise(event)
        : toCloudEvent(contract, event, cloudEvents, carrierOf(broker));
    const { logHeaders } = contract.type(event.type).data;
    // What the flow gives goes before what the readers of the log need.
    if (logHeaders === undefined || !broker.capabilities.log) return wire;
    return { ...wire, headers: { ...logHeaders, ...wire.headers } };
  }

  private async build(contract: Contract, message: GridwireMessage): Promise<GridwireEvent> {
    const given = message.event?.contract === contract.name ? message.event : undefined;
    const typeName = this.options.eventType !== '' ? this.options.eventType : (given?.type ?? '');
    if (typeName === '') {
      throw new GridwireError(
        'TYPE_UNKNOWN',
        'The event type is taken from msg.event, and the message has none for this contract. Choose a type in the panel.',
      );
    }
    const sameType = given?.type === typeName ? given : undefined;
    return contract.build(typeName, {
      payload: payloadOf(message),
      parameters: {
        ...sameType?.parameters,
        ...textParameters(message),
        ...(await this.parameters(message)),
      },
      members: { ...(sameType === undefined ? {} : membersOf(contract, sameType)), ...givenMembers(message) },
      headers: headersOf(message),
    });
  }

  private async parameters(message: GridwireMessage): Promise<Record<string, string>> {
    const values: Record<string, string> = {};
    for (const { name, ...input } of this.options.parameters) {
      const value = await evaluate(this.RED, this.node, input, message);
      if (typeof value === 'string' || typeof value === 'number') values[name] = String(value);
    }
    return values;
  }

  private bare(message: GridwireMessage): WireMessage {
    const topic = this.options.topic !== '' ? this.options.topic : (topicOf(message) ?? '');
    if (topic === '') {
      throw new GridwireError(
        'TOPIC_ILLEGAL',
        'There is no topic: neither the node nor msg.topic names one.',
      );
    }
    const retain = retainOf(message) ?? this.options.retain;
    const tombstone = message['tombstone'] === true;
    // As the core nodes have it: nothing, retained, clears what was retained.
    const isEmpty = tombstone || (retain && (message.payload === null || message.payload === undefined));
    return {
      topic: joinPrefix(this.options.brokerNode.topicPrefix, topic),
      body: isEmpty ? Buffer.alloc(0) : bodyOf(message.payload),
      qos: qosOf(message) ?? this.options.qos,
      retain,
      headers: headersOf(message),
      ...keyOf(message),
      ...(tombstone ? { tombstone } : {}),
    };
  }
}

/** Objects as they are; a text or bytes that hold JSON are read, so that a bare `mqtt in` can feed the node. */
function payloadOf({ payload }: GridwireMessage): Json {
  if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return (payload ?? null) as Json;
  try {
    return parseJsonBody(Buffer.from(payload), ANY_SIZE);
  } catch (thrown) {
    // Only what is no JSON is a text; what is and would be changed is refused.
    const { code } = toGridwireError(thrown);
    if (code === 'BODY_NOT_JSON' || code === 'BODY_EMPTY') return payload.toString();
    throw thrown;
  }
}

/** `msg.members`: members of the envelope that the flow sets itself, such as a correlation id. */
function givenMembers(message: GridwireMessage): Record<string, unknown> {
  const given = message['members'];
  return given !== null && typeof given === 'object' && !Array.isArray(given) ? { ...given } : {};
}

/** An event that is passed on keeps its identity: id, trace, time of the envelope it came in. */
function membersOf(contract: Contract, event: GridwireEvent): JsonObject {
  const { payloadMember } = contract.type(event.type).envelope;
  if (payloadMember === '') return {};
  const { [payloadMember]: payload, ...members } = event.envelope;
  return members;
}
