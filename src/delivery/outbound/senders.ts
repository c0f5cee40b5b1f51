import type { PublishResult } from '../../brokers/broker.js';
import type { GridwireError } from '../../errors.js';
import type { WireMessage } from '../../event.js';
import type { About } from '../../observe/facts/facts.js';
import type { OutboxFacts } from './outbox-facts.js';
import type { Ending, Item } from './outbox-item.js';

interface Sender {
  resolve: (result: PublishResult | undefined) => void;
  reject: (error: GridwireError) => void;
  /** What kind of event it sent. */
  about: About | undefined;
}

/** Those who sent something and wait for its end, by the keys of their events; with what listeners are told of that. */
export class Senders {
  private readonly byKey = new Map<number, Sender>();

  constructor(private readonly facts: OutboxFacts | undefined) {}

  /** @param refused why its event is not accepted */
  add(key: number, sender: Sender, message: WireMessage, refused: GridwireError | undefined): void {
    if (refused !== undefined) {
      this.facts?.refused(sender.about, refused);
      sender.reject(refused);
      return;
    }
    this.byKey.set(key, sender);
    this.facts?.accepted(sender.about, message);
  }

  /** The broker has acknowledged an event. Times in milliseconds by the outbox's clock. */
  acknowledged({ key, acceptedAt }: Item, startedAt: number, now: number): void {
    this.facts?.sent(this.byKey.get(key)?.about, acceptedAt, startedAt, now);
  }

  tell({ waiters, key: first }: Item, ending: Ending): void {
    if (ending.kind === 'failed' || ending.kind === 'unsent')
      this.facts?.ended(this.byKey.get(first)?.about, ending.error, ending.kind === 'unsent');
    for (const key of waiters) {
      const sender = this.byKey.get(key);
      this.byKey.delete(key);
      if (ending.kind === 'sent') sender?.resolve(ending.result);
      else if (ending.kind === 'kept') sender?.resolve(undefined);
      else sender?.reject(ending.error);
    }
  }
}
