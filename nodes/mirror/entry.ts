import { assertTopic } from '../../src/brokers/topic-filter.js';
import type { MirrorEntry } from '../../src/store/mirror-store.js';
import { bodyOf, type GridwireMessage } from '../runtime/messages.js';

/**
 * What is kept of a message: the bytes it came with, if it came from a Gridwire node; the envelope of its event, if
 * it is on its way out; else its payload.
 * @throws GridwireError `TOPIC_ILLEGAL` without a usable topic, `BODY_NOT_JSON`
 */
export function mirrorEntry({ original, event, topic, payload }: GridwireMessage): MirrorEntry {
  const source = original ?? event;
  const expiresAt = original?.expiresAt ?? event?.expiresAt;
  const named = source?.topic ?? topic ?? '';
  assertTopic(named);
  return {
    message: {
      topic: named,
      body: original === undefined ? bodyOf(written(event) ?? payload) : Buffer.from(original.body),
      qos: source?.qos ?? 1,
      retain: source?.retain ?? false,
      headers: source?.headers ?? {},
      ...(source?.key === undefined ? {} : { key: source.key }),
      ...(original?.tombstone === undefined ? {} : { tombstone: original.tombstone }),
      ...(original?.contentType === undefined ? {} : { contentType: original.contentType }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    },
    ...(event === undefined ? {} : { contract: event.contract, type: event.type }),
    ...(event?.time === undefined ? {} : { time: event.time }),
  };
}

/** What the body of an event on its way out will be. */
function written(event: GridwireMessage['event']): unknown {
  return event?.bare === true ? event.payload : event?.envelope;
}
