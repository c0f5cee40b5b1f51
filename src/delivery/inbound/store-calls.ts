import { toGridwireError } from '../../errors.js';
import type { InboundMessage } from '../../event.js';
import type { ParkedMessage } from '../../store/queue-stores.js';
import { storeAnswer } from '../../store/store-answer.js';
import type { Answer, Effect, Loaded, StoreEffect, Time, Write } from './effects.js';
import type { Inbox } from './inbox.js';
import type { InboxStore } from './inbox-store.js';

export interface CallPorts {
  /** Takes what an input to the inbox wants done. */
  input: (happens: (time: Time) => Effect[]) => void;
  /** The digest of a message's id. */
  idOf: (message: InboundMessage) => string | undefined;
  /** Told of every commit that happened. */
  wrote: (write: Write) => void;
}

/** The calls that the inbox makes to its store, each with its answer. */
export class StoreCalls {
  /** Writes under way. */
  writes = 0;

  constructor(
    private readonly store: InboxStore,
    private readonly inbox: Inbox,
    private readonly ports: CallPorts,
  ) {}

  carryOut(effect: StoreEffect): void {
    const { store, inbox } = this;
    switch (effect.do) {
      case 'write':
        this.writes += 1;
        this.call(
          () => store.write(effect.write, effect.again),
          (answer, time) => {
            this.writes -= 1;
            if (answer.ok) this.ports.wrote(effect.write);
            return inbox.wrote(effect.key, answer, time);
          },
        );
        break;
      case 'ask':
        this.call(
          () => store.seen(effect.ids, effect.since),
          (answer, time) => inbox.asked(answer, time),
        );
        break;
      case 'begin':
        this.call(
          () => store.begin(effect.now),
          (answer, time) => inbox.begun(answer, time),
        );
        break;
      case 'load':
        this.call(
          () => this.load(effect.now, effect.limit, effect.except),
          (answer, time) => inbox.loaded(answer, time),
        );
        break;
      case 'decide':
        this.call(
          () => store.decide(effect.decision, effect.now),
          (answer, time) => inbox.carriedOut(effect.decision, answer, time),
        );
        break;
      case 'trim':
        // What could not be trimmed is trimmed the next time.
        this.call(
          () => store.trim(effect.now),
          () => [],
        );
    }
  }

  private async load(now: number, limit: number, except: readonly string[]): Promise<Loaded> {
    const rows = await this.store.load(now, limit, except);
    return { ...rows, ids: new Map(rows.due.flatMap((row) => this.idEntry(row))) };
  }

  private idEntry({ key, message, parkedAt }: ParkedMessage): [string, string][] {
    const id = this.ports.idOf({ ...message, receivedAt: parkedAt, redelivered: true });
    return id === undefined ? [] : [[key, id]];
  }

  private call<Value>(
    ask: () => Promise<Value>,
    answered: (answer: Answer<Value>, time: Time) => Effect[],
  ): void {
    const failed = (thrown: unknown): void => {
      const error = toGridwireError(thrown);
      // A damaged store is set aside or repaired; all else that is permanent is about what it was given.
      const permanent = storeAnswer(error) === 'permanent' && error.code !== 'STORE_DAMAGED';
      this.ports.input((time) => answered({ ok: false, error, permanent }, time));
    };
    ask().then((value) => this.ports.input((time) => answered({ ok: true, value }, time)), failed);
  }
}
