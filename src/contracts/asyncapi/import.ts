import { GridwireError } from '../../errors.js';
import type { Json, JsonObject, Qos } from '../../event.js';
import type { ContractData, EventTypeData, ParameterData } from '../contract-data.js';
import { Contract } from '../contract.js';
import { isObject } from '../json/json-value.js';
import { parseYaml } from '../json/yaml.js';
import { resolveReferences } from './references.js';
import { messageSchema } from './message-schema.js';

/**
 * Makes a contract of an AsyncAPI 3 document, given as YAML or JSON. Each message of each channel becomes an event
 * type; QoS, retain and expiry come from the MQTT bindings of the operations. A document that Gridwire exported gives
 * the same contract again.
 * @param name the contract's name; the document's title is used where there is none
 * @throws GridwireError `CONTRACT_INVALID`, saying what cannot be used and why; `NOT_SUPPORTED` without the yaml package
 */
export function importContract(text: string, name?: string): ContractData {
  const document = parseYaml(text);
  if (!isObject(document) || typeof document['asyncapi'] !== 'string') {
    throw invalid('it has no member "asyncapi"; give an AsyncAPI 3 document');
  }
  if (!document['asyncapi'].startsWith('3.')) {
    throw invalid(
      `its version is ${document['asyncapi']}, and 3 is needed; convert it with the AsyncAPI converter`,
    );
  }
  const info = objectAt(document, 'info');
  const own = objectAt(document, 'x-gridwire');
  const title = textAt(info, 'title', 'Imported contract');
  const parameters: Record<string, ParameterData> = {};
  const data: ContractData = {
    ...foreignContract(title, textAt(info, 'description', ''), textAt(info, 'version', '0')),
    ...own,
    parameters: {},
    types: typesOf(document, own, parameters),
  };
  data.parameters = { ...parameters, ...(objectAt(own, 'parameters') as unknown as typeof parameters) };
  data.name = name ?? data.name;
  // Opening it compiles every schema and template, so that a document that cannot work is refused here.
  return new Contract(data).data;
}

/** What AsyncAPI does not say: no envelope, and dead letters beside their topics. */
function foreignContract(title: string, description: string, version: string): Omit<ContractData, 'types'> {
  return {
    name:
      title
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, '-')
        .replaceAll(/^-+|-+$/g, '') || 'imported',
    title,
    description,
    version,
    source: 'AsyncAPI document',
    prefix: '',
    timeZone: 'UTC',
    envelope: { schema: { type: 'object' }, payloadMember: '', members: {} },
    parameters: {},
    retry: { attempts: 4, delay: 1000, factor: 2, maximumDelay: 30_000 },
    deadLetter: {
      topic: '{topic}/dlq',
      form: 'record',
      qos: 1,
      record: {
        originalTopic: 'original_topic',
        reason: 'failure_reason',
        time: 'failure_timestamp',
        payload: 'payload',
      },
    },
    dialects: {},
  };
}

function typesOf(
  document: JsonObject,
  own: JsonObject,
  parameters: Record<string, ParameterData>,
): Record<string, EventTypeData> {
  const types: Record<string, EventTypeData> = {};
  for (const [channelId, written] of Object.entries(objectAt(document, 'channels'))) {
    const channel = resolveReferences(written, document);
    if (!isObject(channel) || typeof channel['address'] !== 'string') continue;
    const topic = channel['address'].replaceAll(/\{[^}]*\}/g, (placeholder) =>
      placeholder.replaceAll('-', '_'),
    );
    readParameters(channel, topic, parameters);
    const messages = Object.entries(objectAt(channel, 'messages'));
    for (const [messageId, message] of messages) {
      if (!isObject(message))
        throw invalid(`the message ${messageId} of the channel ${channelId} is not an object`);
      const gridwire = objectAt(message, 'x-gridwire');
      const typeName = textAt(gridwire, 'type', messageId);
      const name = Object.hasOwn(types, typeName) ? `${channelId}-${typeName}` : typeName;
      const type = typeOf(name, topic, message, operationOf(document, channelId, messageId), own);
      types[name] = messages.length > 1 && Object.keys(gridwire).length === 0 ? recognisable(type) : type;
    }
  }
  if (Object.keys(types).length === 0) throw invalid('no channel of it has an address and a message');
  return types;
}

function typeOf(
  name: string,
  topic: string,
  message: JsonObject,
  operation: JsonObject,
  own: JsonObject,
): EventTypeData {
  const { type: _type, ...gridwire } = objectAt(message, 'x-gridwire');
  const mqtt = objectAt(objectAt(operation, 'bindings'), 'mqtt');
  const [example] = Array.isArray(message['examples']) ? message['examples'] : [];
  const payloadMember = textAt(objectAt(own, 'envelope'), 'payloadMember', '');
  const expiry = mqtt['messageExpiryInterval'];
  return {
    title: textAt(message, 'title', name),
    description: textAt(message, 'summary', textAt(message, 'description', '')),
    source: 'AsyncAPI document',
    role: typeof expiry === 'number' ? 'command' : 'event',
    qos: qosOf(mqtt['qos']),
    retain: mqtt['retain'] === true,
    ...(typeof expiry === 'number' ? { timeToLive: expiry } : {}),
    example: (isObject(example) ? example['payload'] : undefined) ?? {},
    topic,
    ...gridwire,
    payload: messageSchema(name, message, payloadMember),
  };
}

function readParameters(channel: JsonObject, topic: string, into: Record<string, ParameterData>): void {
  const described = objectAt(channel, 'parameters');
  for (const [, name = ''] of topic.matchAll(/\{([^}]+)\}/g)) {
    const parameter = objectAt(described, Object.hasOwn(described, name) ? name : name.replaceAll('_', '-'));
    const location = /^\$message\.payload#(\/.*)$/.exec(textAt(parameter, 'location', ''))?.[1];
    const otherwise = parameter['default'];
    into[name] ??= {
      description: textAt(parameter, 'description', name),
      kind: 'identifier',
      ...(location === undefined ? {} : { from: [location] }),
      ...(typeof otherwise === 'string' ? { default: otherwise } : {}),
    };
  }
}

/** The operation that names a message of a channel, or else the channel. */
function operationOf(document: JsonObject, channelId: string, messageId: string): JsonObject {
  const operations = Object.values(objectAt(document, 'operations')).filter(isObject);
  const onChannel = operations.filter(
    (one) => objectAt(one, 'channel')['$ref'] === `#/channels/${channelId}`,
  );
  const named = onChannel.find((one) =>
    JSON.stringify(one['messages'] ?? []).includes(`/messages/${messageId}"`),
  );
  return named ?? onChannel[0] ?? {};
}

/** Several messages on one channel are told apart by the members they require. */
function recognisable(type: EventTypeData): EventTypeData {
  const required = type.payload['required'];
  return Array.isArray(required)
    ? { ...type, recognisedBy: required.map((member) => `/${member as string}`) }
    : type;
}

function qosOf(value: Json | undefined): Qos {
  return value === 0 || value === 2 ? value : 1;
}

function objectAt(object: JsonObject, name: string): JsonObject {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  return isObject(value) ? value : {};
}

function textAt(object: JsonObject, name: string, otherwise: string): string {
  const value = object[name];
  return typeof value === 'string' ? value : otherwise;
}

function invalid(reason: string): GridwireError {
  return new GridwireError('CONTRACT_INVALID', `The AsyncAPI document cannot be used: ${reason}.`);
}
