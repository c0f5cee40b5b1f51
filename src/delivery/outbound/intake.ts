import { type Clock, fromWall } from '../../clock.js';
import type { WireMessage } from '../../event.js';
import type { Elsewhere } from './elsewhere.js';
import type { Given } from './holdings.js';
import type { JournalDriver } from './journal-driver.js';
import type { Origin } from './journal.js';
import { storableOrigin } from './origins.js';
import type { SendRule } from './outbox-limits.js';
import type { Sender } from './senders.js';

/** An event as it is accepted. */
export type Expected = Omit<Given, 'key' | 'attended' | 'bytes'>;

/** What has to be found out before an event is accepted: its last moment, whether another queue of the node has it, what the journal holds. */
export class Intake {
  constructor(
    private readonly clock: Clock,
    private readonly journal: JournalDriver | undefined,
    private readonly elsewhere: Elsewhere | undefined,
    private readonly accept: (event: Expected, sender: Sender) => void,
  ) {}

  /** Has an event accepted: at once, where nobody has to be asked. */
  give(message: WireMessage, rule: SendRule, origin: Origin | undefined, sender: Sender): void {
    // The wall clock may be set while a store is asked.
    const event = { message, rule, expiresAt: this.expiryOf(message) };
    const { elsewhere } = this;
    const asked = origin !== undefined && elsewhere?.concerns(origin) === true ? elsewhere : undefined;
    if (this.journal === undefined && asked === undefined) this.accept(event, sender);
    else this.giveAfter(event, origin, asked, sender).catch((thrown: unknown) => sender.reject(thrown));
  }

  /** By the clock that does not jump. */
  expiryOf({ expiresAt }: WireMessage): number | undefined {
    return expiresAt === undefined ? undefined : fromWall(this.clock, expiresAt);
  }

  private async giveAfter(
    event: Expected,
    origin: Origin | undefined,
    asked: Elsewhere | undefined,
    sender: Sender,
  ): Promise<void> {
    if (origin !== undefined && (await asked?.keeps(origin)) === true) {
      sender.resolve(undefined);
      return;
    }
    await this.journal?.open();
    this.accept(this.journal === undefined ? event : { ...event, origin: storableOrigin(origin) }, sender);
  }
}
