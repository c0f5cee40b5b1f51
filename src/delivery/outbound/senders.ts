import type { PublishResult } from '../../brokers/broker.js';
import type { GridwireError } from '../../errors.js';
import type { WireMessage } from '../../event.js';
import { PassingMap } from '../../passing-map.js';
import type { About } from '../../observe/facts/facts.js';
import type { OutboxFacts } from './outbox-facts.js';
import type { Ending, Item } from './outbox-item.js';

/** Who is told of an event's end, once; neither of both may throw. */
export interface Sender {
  resolve(result: PublishResult | undefined): void;
  reject(error: unknown): void;
}

interface Waiting {
  sender: Sender;
  /** What kind of event it sent. */
  about: About | undefined;
}

/** Those who sent something and wait for its end, by the keys of their events; with what listeners are told of that. */
export class Senders {
  private readonly byKey = new PassingMap<number, Waiting>();

  constructor(private readonly facts: OutboxFacts | undefined) {}

  /** @param refused why its event is not accepted */
  add(
    key: number,
    sender: Sender,
    about: About | undefined,
    message: WireMessage,
    refused: GridwireError | undefined,
  ): void {
    if (refused !== undefined) {
      this.facts?.refused(about, refused);
      sender.reject(refused);
      return;
    }
    this.byKey.set(key, { sender, about });
    this.facts?.accepted(about, message);
  }

  /** The broker has acknowledged an event. Times in milliseconds by the outbox's clock. */
  acknowledged({ key, acceptedAt }: Item, startedAt: number, now: number): void {
    this.facts?.sent(this.byKey.get(key)?.about, acceptedAt, startedAt, now);
  }

  tell({ waiters, key: first }: Item, ending: Ending): void {
    if (ending.kind === 'failed' || ending.kind === 'unsent')
      this.facts?.ended(this.byKey.get(first)?.about, ending.error, ending.kind === 'unsent');
    for (const key of waiters) {
      const sender = this.byKey.get(key)?.sender;
      this.byKey.delete(key);
      if (ending.kind === 'sent') sender?.resolve(ending.result);
      else if (ending.kind === 'kept') sender?.resolve(undefined);
      else sender?.reject(ending.error);
    }
  }
}
