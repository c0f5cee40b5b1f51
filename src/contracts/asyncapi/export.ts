import type { Json, JsonObject } from '../../event.js';
import type { EventTypeData } from '../contract-data.js';
import type { Contract } from '../contract.js';
import type { EventType } from '../event-type.js';
import { isObject } from '../json/json-value.js';
import { withoutDefinitions } from './definitions.js';

/** One use of an event type: by a node of a flow, or by a contract's own description. */
export interface Usage {
  contract: Contract;
  type: string;
  action: 'send' | 'receive';
}

export interface DocumentInfo {
  title: string;
  version: string;
  description: string;
}

/** The AsyncAPI version that is written. */
const VERSION = '3.0.0';

/**
 * An AsyncAPI 3 document of a whole contract. It carries what AsyncAPI has no word for in `x-gridwire`, so that
 * importing it gives the same contract again.
 */
export function contractDocument(contract: Contract): JsonObject {
  const { title, version, description } = contract.data;
  const usages = contract.types.map(({ name }): Usage => ({ contract, type: name, action: 'send' }));
  const { types, ...rest } = contract.data;
  return {
    ...flowsDocument({ title, version, description }, usages),
    'x-gridwire': plain({ ...rest, dialects: {} }),
  };
}

/** An AsyncAPI 3 document of what a set of flows sends and receives. */
export function flowsDocument(info: DocumentInfo, usages: readonly Usage[]): JsonObject {
  const channels: Record<string, JsonObject> = {};
  const operations: Record<string, JsonObject> = {};
  const schemas: JsonObject = {};
  for (const { contract, type: name, action } of usages) {
    const type = contract.type(name);
    const channelId = idOf(type.topic.text);
    const channel = (channels[channelId] ??= channelOf(type));
    const messageId = `${contract.name}.${name}`;
    (channel['messages'] as JsonObject)[messageId] = messageOf(type, messageId, schemas);
    operations[idOf(`${action}-${messageId}`)] = {
      action,
      title: type.data.title,
      channel: { $ref: `#/channels/${channelId}` },
      messages: [{ $ref: `#/channels/${channelId}/messages/${messageId}` }],
      bindings: operationBindings(type.data),
    };
  }
  return {
    asyncapi: VERSION,
    info: { ...info },
    defaultContentType: 'application/json',
    channels,
    operations,
    ...(Object.keys(schemas).length === 0 ? {} : { components: { schemas } }),
  };
}

function channelOf(type: EventType): JsonObject {
  const parameters = type.topic.parameters.map(({ name, definition }) => [
    name,
    {
      description: definition.description,
      ...(definition.default === undefined ? {} : { default: definition.default }),
      ...(definition.from?.[0] === undefined ? {} : { location: `$message.payload#${definition.from[0]}` }),
    },
  ]);
  const days = type.data.log?.retentionDays;
  const kafka = {
    ...(type.data.log?.partitions === undefined ? {} : { partitions: type.data.log.partitions }),
    ...(days === undefined ? {} : { topicConfiguration: { 'retention.ms': days * 86_400_000 } }),
  };
  return {
    address: type.topic.text,
    messages: {},
    ...(parameters.length === 0 ? {} : { parameters: Object.fromEntries(parameters) as JsonObject }),
    ...(Object.keys(kafka).length === 0
      ? {}
      : { bindings: { kafka: { ...kafka, bindingVersion: '0.5.0' } } }),
  };
}

/** @param schemas gets what schemas call from themselves */
function messageOf(type: EventType, name: string, schemas: JsonObject): JsonObject {
  const { payload: written, example, topic, ...data } = type.data;
  const payload = withoutDefinitions(written, schemas);
  const { payloadMember, schema } = type.envelope;
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  return {
    name,
    title: data.title,
    summary: data.description,
    contentType: 'application/json',
    payload:
      payloadMember === '' ? payload : { ...schema, properties: { ...properties, [payloadMember]: payload } },
    'x-gridwire': plain({ type: type.name, topic, example, ...data }),
  };
}

function operationBindings(data: EventTypeData): JsonObject {
  return {
    mqtt: {
      qos: data.qos,
      retain: data.retain,
      ...(data.timeToLive === undefined ? {} : { messageExpiryInterval: data.timeToLive }),
      bindingVersion: '0.2.0',
    },
  };
}

/** An identifier as AsyncAPI allows it, made of a topic. */
function idOf(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9._-]+/g, '_').replaceAll(/^_+|_+$/g, '');
}

/** Contract data is JSON; the types say more than JSON's. */
function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
