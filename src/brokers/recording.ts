import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../clock.js';
import { GridwireError } from '../errors.js';
import { type InboundMessage, wirePart } from '../event.js';
import type { Broker } from './broker.js';
import { DropReport } from './drop-report.js';

/** Header that marks a replayed message where the broker carries headers; its value is when it first came. */
export const REPLAY_HEADER = 'gridwire-replay';

export interface RecordedMessage {
  /** Milliseconds since the recording began. */
  at: number;
  message: InboundMessage;
}

export interface Recording {
  /** What came so far, in arrival order. */
  readonly messages: readonly RecordedMessage[];
  stop(): Promise<void>;
}

export interface ReplayOptions {
  /** 1 (default) keeps the recorded pace, 2 is twice as fast, Infinity waits for nothing. */
  speed?: number;
  /** Put before every topic; default `replay/`, so that nothing live takes a replay for news. */
  prefix?: string;
  signal?: AbortSignal;
}

/**
 * Keeps a copy of every message that comes by, on any broker.
 * @param limit most messages to keep; later ones are counted in a `problem` and not kept
 */
export async function record(broker: Broker, filter: string, limit = 100_000): Promise<Recording> {
  const started = systemClock.now();
  const messages: RecordedMessage[] = [];
  const sentence = `The recording of ${filter} is full (${limit} messages) and keeps no more.`;
  const dropped = new DropReport('BROKER_QUOTA', sentence, (problem) => broker.emit('problem', problem));
  const subscription = await broker.subscribe(filter, (delivery) => {
    const { message } = delivery;
    if (messages.length < limit) messages.push({ at: systemClock.now() - started, message });
    else dropped.add(message.topic);
    delivery.settle('ack');
  });
  return { messages, stop: () => subscription.close({ unsubscribe: true }) };
}

/**
 * Publishes recorded messages again, in their order, each after the acknowledgement of the one before; never retained. What
 * could not be read when it came (`message.unreadable`) is none that could be sent: it is left out, and told as a `problem`.
 * @returns how many were published (fewer than given if `signal` ended it, or some could not be read)
 * @throws GridwireError as `Broker.publish` does
 */
export async function replay(
  broker: Broker,
  messages: readonly RecordedMessage[],
  options: ReplayOptions = {},
): Promise<number> {
  const { speed = 1, prefix = 'replay/', signal } = options;
  const started = systemClock.now();
  let published = 0;
  for (const { at, message } of messages) {
    const wait = started + at / speed - systemClock.now();
    if (wait > 0) await delay(wait, undefined, signal ? { signal } : {}).catch(() => undefined);
    if (signal?.aborted === true) break;
    if (message.unreadable !== undefined) {
      broker.emit('problem', leftOut(message, message.unreadable));
      continue;
    }
    // Without its old expiry.
    const { expiresAt: _expired, ...lasting } = wirePart(message);
    await broker.publish({
      ...lasting,
      topic: prefix + message.topic,
      // A broker would keep it, on its own topic in the place of a newer value.
      retain: false,
      headers: { ...message.headers, [REPLAY_HEADER]: new Date(message.receivedAt).toISOString() },
    });
    published += 1;
  }
  return published;
}

function leftOut({ topic }: InboundMessage, cause: GridwireError): GridwireError {
  const text = `A recorded message of ${topic} is not replayed, because it could not be read when it came: ${cause.message}`;
  return new GridwireError(cause.code, text, { cause, details: { topic } });
}
