import { isDeepStrictEqual } from 'node:util';
import type { Json, JsonObject } from '../../event.js';
import { isObject } from '../json/json-value.js';
import type { ImportNotes } from './notes.js';
import { objectAt, objectOf } from './parts.js';
import { escaped, inPointer, type References } from './references.js';
import { withTraits } from './traits.js';

/** What an event type takes of an operation, and its name in the document. */
interface Bound {
  id: string;
  mqtt: JsonObject;
}

/** All operations of one message, or of one channel: a document may have thousands. */
interface Group {
  first: Bound;
  /** A few of those that have another binding than the first. */
  others: string[];
}

const MOST_OTHERS = 5;
const NONE: Group = { first: { id: '', mqtt: {} }, others: [] };

/** The operations of a document, by the messages that they send or receive. */
export class Operations {
  /** By channel and message; those that name no message by their channel alone. */
  private readonly bound = new Map<string, Group>();

  constructor(
    private readonly references: References,
    private readonly notes: ImportNotes,
  ) {}

  add(id: string, written: Json): void {
    const { channel, messages, reply, ...rest } = this.references.shallow(written);
    if (reply !== undefined)
      this.notes.add('Replies of operations are not carried over: answer with an event of its own.');
    const operation = withTraits(objectOf(this.references.resolve(rest)));
    const foreign = Object.keys(objectAt(operation, 'bindings')).filter((protocol) => protocol !== 'mqtt');
    if (foreign.length > 0)
      this.notes.add(`Bindings of operations for ${foreign.join(', ')} are not carried over.`);
    if (operation['security'] !== undefined) this.notes.add('Security of operations is not carried over.');
    const place = this.target(channel) ?? '';
    const named = Array.isArray(messages) ? messages.flatMap((each) => this.target(each) ?? []) : [''];
    const { qos, retain, messageExpiryInterval } = objectAt(objectAt(operation, 'bindings'), 'mqtt');
    const mqtt = definedOnes({ qos, retain, messageExpiryInterval });
    for (const message of new Set(named)) {
      const key = keyOf(place, message);
      const group = this.bound.get(key);
      if (group === undefined) this.bound.set(key, { first: { id, mqtt }, others: [] });
      else if (group.others.length < MOST_OTHERS && !isDeepStrictEqual(group.first.mqtt, mqtt))
        group.others.push(id);
    }
  }

  /** The MQTT binding that counts for a message: of the first operation that names it, or else of one that names none. */
  mqttOf(channelId: string, messageId: string): JsonObject {
    const channel = this.references.canonical(`#/channels/${inPointer(escaped(channelId))}`);
    const message = this.target({ $ref: `${channel}/messages/${inPointer(escaped(messageId))}` });
    const ofMessage = this.bound.get(keyOf(channel, message ?? ''));
    const ofChannel = this.bound.get(keyOf(channel, ''));
    const { first, others } = ofMessage ?? ofChannel ?? NONE;
    const differing = [...others];
    if (ofMessage !== undefined && ofChannel !== undefined) {
      if (!isDeepStrictEqual(first.mqtt, ofChannel.first.mqtt)) differing.push(ofChannel.first.id);
      differing.push(...ofChannel.others);
    }
    if (differing.length > 0) {
      this.notes.add(
        `The message ${messageId}: the operations ${first.id} and ${differing.join(', ')} differ in QoS, retain or expiry, and an event type has one of each: those of ${first.id} count.`,
      );
    }
    return first.mqtt;
  }

  private target(written: Json | undefined): string | undefined {
    const reference = isObject(written) ? written['$ref'] : undefined;
    if (typeof reference !== 'string' || !reference.startsWith('#/')) return undefined;
    return this.references.canonical(reference);
  }
}

function keyOf(channel: string, message: string): string {
  return JSON.stringify([channel, message]);
}

function definedOnes(members: Record<string, Json | undefined>): JsonObject {
  return Object.fromEntries(
    Object.entries(members).filter((member): member is [string, Json] => member[1] !== undefined),
  );
}
