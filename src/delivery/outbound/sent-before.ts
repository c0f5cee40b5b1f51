import { hash } from 'node:crypto';
import type { PublishResult } from '../../brokers/broker.js';
import type { WireMessage } from '../../event.js';
import { PassingMap } from '../../passing-map.js';

/** So many are remembered; the oldest give way. */
const MOST = 50_000;

/**
 * Events of a queue that have been sent lately, by their names. Their source may bring them again: those that an earlier
 * process or deploy left, much later (it tries few at a time, and a consumer group waits for its dead members), and those
 * whose answer came while a deploy was closing it. Their rows are gone by then: they are not sent a second time. One that
 * has other bytes by now is, because of several messages of one event nobody can say which of them it is.
 *
 * It outlives its outbox, so that the next one of the queue knows what the last one has sent.
 */
export class SentBefore {
  private readonly byName = new PassingMap<string, { content: string; result: PublishResult }>();

  add(name: string, message: WireMessage, result: PublishResult): void {
    this.byName.set(name, { content: contentOf(message), result });
    this.byName.keepTo(MOST);
  }

  /** The name is another event's from now on. */
  forget(name: string): void {
    this.byName.delete(name);
  }

  /** @returns what the broker answered to this event, if it was sent */
  find(name: string, message: WireMessage): PublishResult | undefined {
    const sent = this.byName.get(name);
    return sent !== undefined && sent.content === contentOf(message) ? sent.result : undefined;
  }
}

function contentOf({ topic, body }: WireMessage): string {
  return `${topic}\0${hash('sha256', body, 'base64')}`;
}
