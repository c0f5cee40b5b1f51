import type { Contract } from '../../src/contracts/contract.js';
import type { InboundMessage } from '../../src/event.js';
import { PassingMap } from '../../src/passing-map.js';
import type { Repeats } from '../../src/repeats.js';

/** Topics remembered for one broker; the oldest give way. */
const TOPICS = 50_000;

/**
 * Topics of which a broker node, by its id, has brought a retained value in this process. Deploys bring no value again
 * that was dealt with, so nodes cannot know it by themselves.
 */
const retained = new Map<string, PassingMap<string, true>>();

/**
 * Who publishes an empty message with retain clears the topic's value. Subscribers get an empty message, in which MQTT
 * does not say that it was retained. By a contract that is no event, and no fault either: it is told, and goes nowhere.
 */
export class ClearedValues {
  private readonly topics: PassingMap<string, true>;

  constructor(
    private readonly contract: Contract | undefined,
    brokerId: string,
    private readonly repeats: Repeats,
  ) {
    this.topics = retained.get(brokerId) ?? new PassingMap();
    retained.set(brokerId, this.topics);
  }

  /** Whether a message clears a value, or removes its key; it is told then. Without a contract every message is one. */
  isCleared(message: InboundMessage): boolean {
    const { topic, body, retain, tombstone, unreadable } = message;
    if (this.contract === undefined || unreadable !== undefined) return false;
    if (body.byteLength > 0) {
      if (retain) this.remember(topic);
      return false;
    }
    const isKnown = retain || tombstone === true || this.topics.has(topic);
    if (!isKnown && !this.contract.isRetained(topic)) return false;
    this.repeats.another(
      'cleared',
      `The value of ${topic} was cleared: an empty message came where values are kept. It is no event, and goes nowhere.`,
    );
    return true;
  }

  private remember(topic: string): void {
    this.topics.renew(topic, true);
    this.topics.keepTo(TOPICS);
  }
}
