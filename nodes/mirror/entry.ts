import { assertTopic } from '../../src/brokers/topic-filter.js';
import { type WireMessage, wirePart } from '../../src/event.js';
import type { MirrorEntry } from '../../src/store/mirror-store.js';
import { bodyOf, type GridwireMessage } from '../runtime/messages.js';
import { askedRequest } from '../runtime/request.js';

/**
 * What is kept of a message: the bytes it came with, if it came from a Gridwire node; the envelope of its event, if
 * it is on its way out; else its payload.
 * @throws GridwireError `TOPIC_ILLEGAL` without a usable topic, `BODY_NOT_JSON`
 */
export function mirrorEntry(message: GridwireMessage): MirrorEntry {
  const { original, event } = message;
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

/** What did not come from a broker. */
function onItsWayOut(message: GridwireMessage): WireMessage {
  const { event, topic, payload } = message;
  return {
    topic: event?.topic ?? topic ?? '',
    body: bodyOf(written(event) ?? payload),
    qos: event?.qos ?? 1,
    retain: event?.retain ?? false,
    headers: event?.headers ?? {},
    ...(event?.key === undefined ? {} : { key: event.key }),
    ...askedRequest(message),
  };
}

/** What the body of an event on its way out will be. */
function written(event: GridwireMessage['event']): unknown {
  return event?.bare === true ? event.payload : event?.envelope;
}
