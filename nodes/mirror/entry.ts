import { assertTopic } from '../../src/brokers/topic-filter.js';
import { type WireMessage, wirePart } from '../../src/event.js';
import type { MirrorEntry } from '../../src/store/mirror-store.js';
import { eventIn, originalIn } from '../runtime/came-with.js';
import { givenParts, headerOrderOf, headersOf, isNothing, qosOf, retainOf } from '../runtime/given-rules.js';
import { bodyOf, type GridwireMessage, topicOf } from '../runtime/messages.js';
import { documentOf, EVENT_CONTENT_TYPE } from '../runtime/outgoing-event.js';
import { askedRequest } from '../runtime/request.js';

/**
 * What is kept of a message: the bytes it came with, if it came from a Gridwire node; the envelope of its event, if
 * it is on its way out; else its payload and what the message says of how it travels.
 * @throws GridwireError `TOPIC_ILLEGAL` without a usable topic, `BODY_NOT_JSON`, and what event publish refuses
 */
export function mirrorEntry(message: GridwireMessage): MirrorEntry {
  const original = originalIn(message);
  const event = eventIn(message);
  const kept = original === undefined ? onItsWayOut(message) : wirePart(original);
  const expiresAt = original?.expiresAt ?? event?.expiresAt;
  assertTopic(kept.topic);
  return {
    message: {
      ...kept,
      body: Buffer.from(kept.body),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    },
    ...(event === undefined ? {} : { contract: event.contract, type: event.type }),
    ...(event?.time === undefined ? {} : { time: event.time }),
  };
}

/**
 * What did not come from a broker travels as event publish sends it: by the contract of its event, or else as the message
 * itself says.
 */
function onItsWayOut(message: GridwireMessage): WireMessage {
  const { payload } = message;
  const event = eventIn(message);
  const topic = event?.topic ?? topicOf(message) ?? '';
  if (event !== undefined) {
    const { qos, retain, key } = event;
    const headers = { ...event.headers, ...headersOf(message) };
    return {
      ...{ topic, body: bodyOf(documentOf(event, payload)), qos, retain, headers },
      contentType: EVENT_CONTENT_TYPE,
      ...(key === undefined ? {} : { key }),
      ...headerOrderOf(message),
      ...askedRequest(message),
    };
  }
  const retain = retainOf(message) ?? false;
  const body = isNothing(message, retain) ? Buffer.alloc(0) : bodyOf(payload);
  return { topic, body, qos: qosOf(message) ?? 1, retain, ...givenParts(message) };
}
