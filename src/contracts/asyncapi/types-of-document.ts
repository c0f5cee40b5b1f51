import { BOUNDS } from '../../bounds.js';
import { GridwireError } from '../../errors.js';
import type { Json, JsonObject, Qos } from '../../event.js';
import type { EnvelopeData, EventTypeData } from '../contract-data.js';
import { isObject } from '../json/json-value.js';
import { describe } from '../schemas.js';
import { type ChannelTopic, channelTopic } from './channel.js';
import { draftOf, messageSchema } from './message-schema.js';
import type { ImportNotes } from './notes.js';
import { isObjectSchema, recognition } from './recognition.js';
import { Operations } from './operations.js';
import { References } from './references.js';
import { objectAt, objectOf, textAt } from './parts.js';
import { withTraits } from './traits.js';

/** A body that is a payload of its own, such as a number. */
const BARE: Partial<EnvelopeData> = { payloadMember: 'payload', bare: true, members: { payload: {} } };

/** The event types of an AsyncAPI document: each message of each channel that has an address. */
export class TypesOfDocument {
  private readonly references: References;
  private readonly operations: Operations;

  constructor(
    private readonly document: JsonObject,
    private readonly notes: ImportNotes,
  ) {
    this.references = new References(document, notes);
    this.operations = new Operations(this.references, notes);
    for (const [id, written] of Object.entries(this.references.shallow(document['operations'])))
      this.operations.add(id, written);
  }

  /** @throws GridwireError `CONTRACT_INVALID` where there is none, or more than a contract may have */
  types(): Record<string, EventTypeData> {
    const types: Record<string, EventTypeData> = {};
    for (const [id, written] of Object.entries(this.references.shallow(this.document['channels']))) {
      const { messages, ...channel } = this.references.shallow(written);
      const topic = channelTopic(id, objectOf(this.references.resolve(channel)), this.notes);
      if (topic === undefined) continue;
      for (const [messageId, message] of Object.entries(this.references.shallow(messages))) {
        const [name, type] = this.typeOf(id, messageId, message, topic);
        types[freeName(types, name, id)] = type;
        if (Object.keys(types).length > BOUNDS.contractTypes) {
          throw invalid(`it has more than ${BOUNDS.contractTypes} messages`);
        }
      }
    }
    if (Object.keys(types).length === 0)
      throw invalid(`no channel of it has an address and a message. ${this.notes.list.join(' ')}`);
    return types;
  }

  private typeOf(
    channelId: string,
    messageId: string,
    written: Json,
    { topic, parameters, bindings }: ChannelTopic,
  ): [string, EventTypeData] {
    const message = this.messageOf(written);
    const { type: ownName = messageId, ...gridwire } = objectAt(message, 'x-gridwire');
    if (typeof ownName !== 'string' || ownName === '' || ownName === '__proto__') {
      throw invalid(`"type" in the x-gridwire of the message ${messageId} is no name of an event type`);
    }
    const name = ownName;
    const isOwn = Object.keys(gridwire).length > 0;
    const mqtt = this.operations.mqttOf(channelId, messageId);
    const expiry = expiryOf(mqtt);
    if (!isOwn) {
      this.noteMessage(messageId, message, mqtt);
      if (bindings.length > 0)
        this.notes.add(`Bindings of channels for ${bindings.join(', ')} are not carried over.`);
    }
    const envelope = objectAt(objectAt(this.document, 'x-gridwire'), 'envelope');
    const schema = messageSchema(name, message, textAt(envelope, 'payloadMember', ''), this.notes);
    const [example] = Array.isArray(message['examples']) ? message['examples'] : [];
    const type: EventTypeData = {
      title: textAt(message, 'title', name),
      description: textAt(message, 'summary', textAt(message, 'description', '')),
      source: 'AsyncAPI document',
      role: expiry === undefined ? 'event' : 'command',
      qos: qosOf(mqtt['qos']),
      retain: mqtt['retain'] === true,
      ...(expiry === undefined ? {} : { timeToLive: expiry }),
      example: (isObject(example) ? example['payload'] : undefined) ?? {},
      topic,
      ...(isOwn
        ? {}
        : { parameters, ...recognition(schema), ...(isObjectSchema(schema) ? {} : { envelope: BARE }) }),
      ...gridwire,
      payload: schema,
    };
    return [name, type];
  }

  /** With its traits, and every reference filled in; what other languages describe stays as it is. */
  private messageOf(written: Json): JsonObject {
    const { payload, ...rest } = this.references.shallow(written);
    const message = withTraits(objectOf(this.references.resolve(rest)));
    if (payload === undefined) return message;
    const format = this.references.shallow(payload)['schemaFormat'] ?? message['schemaFormat'];
    const isForeign = draftOf(format) === undefined;
    return {
      ...message,
      payload: isForeign ? { schemaFormat: format ?? null } : this.references.schema(payload),
    };
  }

  /** What a message may say and an event type does not. */
  private noteMessage(id: string, message: JsonObject, mqtt: JsonObject): void {
    const parts = ['headers', 'correlationId', 'bindings'].filter((part) => message[part] !== undefined);
    if (parts.length > 0) this.notes.add(`The message ${id}: its ${parts.join(', ')} are not carried over.`);
    const type = message['contentType'];
    if (typeof type === 'string' && !/[/+]json\b/.test(type)) {
      this.notes.add(`The message ${id}: its body is read and written as JSON, not as ${type.slice(0, 80)}.`);
    }
    const { qos = 1, retain = false, messageExpiryInterval } = mqtt;
    if (messageExpiryInterval !== undefined && expiryOf(mqtt) === undefined) {
      this.notes.add(`The message ${id}: its expiry is not a number of seconds and is not carried over.`);
    }
    if (qos !== qosOf(qos)) {
      this.notes.add(`The message ${id}: its QoS is ${describe(qos)}, not 0, 1 or 2; it is sent with 1.`);
    }
    if (typeof retain !== 'boolean') {
      this.notes.add(
        `The message ${id}: "retain" is ${describe(retain)}, not true or false; it is not retained.`,
      );
    }
  }
}

/** Messages of one name on several channels are named by their channel too. */
function freeName(types: Readonly<Record<string, EventTypeData>>, name: string, channelId: string): string {
  let free = Object.hasOwn(types, name) ? `${channelId}-${name}` : name;
  for (let number = 2; Object.hasOwn(types, free); number += 1) free = `${channelId}-${name}-${number}`;
  return free;
}

function qosOf(value: Json | undefined): Qos {
  return value === 0 || value === 2 ? value : 1;
}

/** Seconds; undefined for what is no such number. */
function expiryOf(mqtt: JsonObject): number | undefined {
  const expiry = mqtt['messageExpiryInterval'];
  return typeof expiry === 'number' && expiry > 0 ? expiry : undefined;
}

function invalid(reason: string): GridwireError {
  return new GridwireError('CONTRACT_INVALID', `The AsyncAPI document cannot be used: ${reason}.`);
}
