import { hash } from 'node:crypto';
import type { WireMessage } from '../event.js';

/** Topics remembered for one subscriber; the oldest give way, and their values may be processed once more. */
const TOPICS = 50_000;
/** Subscribers remembered in this process. */
const SUBSCRIBERS = 10_000;

const memories = new Map<string, RetainedMemory>();

/**
 * The last message of each topic that one subscriber has finished with. A broker sends a retained value again to
 * whoever subscribes again, as every deploy does; with this the value is known for what it is. It lives as long as the
 * process: after a restart all values are new once.
 */
export class RetainedMemory {
  readonly #last = new Map<string, string>();

  /** Whether this very value was the last one of its topic. */
  knows(message: WireMessage): boolean {
    return this.#last.get(message.topic) === digestOf(message);
  }

  finished(message: WireMessage): void {
    this.#last.delete(message.topic);
    this.#last.set(message.topic, digestOf(message));
    if (this.#last.size <= TOPICS) return;
    const [oldest] = this.#last.keys();
    if (oldest !== undefined) this.#last.delete(oldest);
  }
}

/**
 * The memory of a subscriber, across the objects that a deploy makes anew.
 * @param place the broker and the session, and the filter; parts that are told apart whatever is in them
 */
export function memoryOf(...place: readonly string[]): RetainedMemory {
  const name = JSON.stringify(place);
  const memory = memories.get(name) ?? new RetainedMemory();
  memories.delete(name);
  memories.set(name, memory);
  if (memories.size > SUBSCRIBERS) {
    const [oldest] = memories.keys();
    if (oldest !== undefined) memories.delete(oldest);
  }
  return memory;
}

/** Nobody is to come back to it. */
export function forgetMemory(...place: readonly string[]): void {
  memories.delete(JSON.stringify(place));
}

function digestOf({ body }: WireMessage): string {
  return hash('sha1', body, 'base64');
}
