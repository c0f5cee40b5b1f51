import type { Clock } from '../../clock.js';
import { type GridwireError, toGridwireError } from '../../errors.js';
import { PassingMap } from '../../passing-map.js';
import type { NamedRow } from '../../store/queue-stores.js';
import type { JournalTask } from './backlog.js';
import type { OutboxJournal, Origin } from './journal.js';
import type { Effect } from './outbox-effects.js';
import type { Item } from './outbox-item.js';
import { loseQueue } from './lost-queue.js';
import type { OutboxMachine } from './outbox-machine.js';
import { inTime } from './wire-time.js';

type JournalEffect = JournalTask | Extract<Effect, { do: 'write' }>;

interface Waiting {
  resolve: () => void;
  reject: (error: GridwireError) => void;
}

/** Carries out what the machine wants done to its journal, and brings the answers. */
export class JournalDriver {
  /** Those who wait for the journal to be open. */
  private opening: Waiting[] = [];
  /** Who writes an event otherwise than by `add`, and waits for the commit only. */
  private readonly expected = new PassingMap<number, { commit: () => Promise<number> } & Waiting>();
  /** Which time it is that this process has the queue; unknown until the journal has answered. */
  private generation: number | undefined;
  /** Calls to the journal that are under way. */
  private calls = 0;
  /** The revoke that is under way: it must not take a row that is written while it is on its way. */
  private revoking: Promise<void> | undefined;

  /** @param turn gives the machine an input */
  constructor(
    private readonly machine: OutboxMachine,
    private readonly journal: OutboxJournal,
    private readonly clock: Clock,
    private readonly turn: (input: () => void) => void,
  ) {}

  /** Resolves when it is known what the journal holds. @throws why that cannot be known now */
  open(): Promise<void> {
    const { backlog } = this.machine.holdings;
    if (backlog?.isOpen === true || this.machine.closed) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.opening.push({ resolve, reject });
      this.turn(() => backlog?.openNow());
    });
  }

  /** Whether the queue is this process's alone now. Finds out, too, that it was another's meanwhile. */
  mayWork(now: number): boolean {
    if (this.machine.holdings.backlog?.isOpen !== true) return true;
    this.noticeLoss();
    return now < this.journal.validUntil();
  }

  private noticeLoss(): void {
    const generation = this.journal.generation();
    const wasLost = this.generation !== undefined && this.generation !== generation;
    this.generation = generation;
    if (wasLost) this.turn(() => loseQueue(this.machine.holdings));
  }

  /** The outbox is closed, and a turn has ended: when nothing is under way the next outbox may have the queue. */
  leaveIfDone(): void {
    const { backlog } = this.machine.holdings;
    if (!this.machine.closed || backlog === undefined) return;
    if (this.calls === 0) this.journal.leave(backlog.leftOver);
    else this.journal.leaving();
  }

  /** An event will be written by a commit of its own. @returns after that commit */
  expect(key: number, commit: () => Promise<number>): Promise<void> {
    return new Promise((resolve, reject) => this.expected.set(key, { commit, resolve, reject }));
  }

  /** The event that was expected is not accepted. */
  refuse(key: number, error: GridwireError): void {
    this.expected.get(key)?.reject(error);
    this.expected.delete(key);
  }

  carryOut(effect: JournalEffect): void {
    if (effect.do === 'write') this.write(effect.item, effect.origin);
    else if (effect.do === 'open')
      this.start(
        effect,
        () => this.journal.usage(),
        (usage) => this.opened(usage),
      );
    else if (effect.do === 'load')
      this.start(
        effect,
        () => this.journal.load(effect.after, effect.count, effect.bytes),
        (page) => this.machine.loaded(page, this.clock.now()),
      );
    else if (effect.do === 'remove')
      this.start(
        effect,
        () => this.journal.remove(effect.ids),
        () => this.machine.holdings.backlog?.removedAll(),
      );
    else
      this.start(
        effect,
        () => this.revoke(effect.origins),
        () => this.machine.holdings.backlog?.revokedAll(effect.origins),
      );
  }

  private write(item: Item, origin: Origin | undefined): void {
    const posted = this.expected.get(item.key);
    this.expected.delete(item.key);
    const writing =
      posted === undefined
        ? this.add(item, origin)
        : posted.commit().then((id) => ({ id, existed: false, changed: false }));
    const { generation } = this;
    this.calls += 1;
    writing.then(
      (row) => {
        this.calls -= 1;
        posted?.resolve();
        const isOurs = generation === undefined || generation === this.journal.generation();
        this.turn(() => this.machine.written(item, row, this.clock.now(), isOurs));
      },
      (thrown: unknown) => {
        this.calls -= 1;
        const error = toGridwireError(thrown);
        posted?.reject(error);
        this.turn(() => this.machine.notWritten(item, error, posted !== undefined));
      },
    );
  }

  private async add(item: Item, origin: Origin | undefined): Promise<NamedRow> {
    if (item.message === undefined || origin === undefined)
      throw toGridwireError('An event was written without its body.');
    await this.revoking;
    // Its row counts how long it has left from now on.
    return this.journal.add(inTime(item, this.clock), origin);
  }

  private revoke(origins: readonly string[]): Promise<void> {
    const work = this.journal.revoke(origins);
    const ended = (): void => {
      if (this.revoking === whenOver) this.revoking = undefined;
    };
    const whenOver = work.then(ended, ended);
    this.revoking = whenOver;
    return work;
  }

  private start<Answer>(
    { do: kind }: JournalTask,
    work: () => Promise<Answer>,
    answered: (answer: Answer) => void,
  ): void {
    const { generation } = this;
    const failed = (error: GridwireError): void =>
      this.turn(() => {
        this.machine.holdings.backlog?.failed(kind, this.clock.now());
        if (kind === 'open') for (const { reject } of this.opening.splice(0)) reject(error);
      });
    this.calls += 1;
    work().then(
      (answer) => {
        this.calls -= 1;
        // What was true of a queue that was lost meanwhile is not true of the next one.
        const isOurs = generation === this.journal.generation();
        // Whoever slept for too long may have read what another process has emptied.
        const isTrue = kind !== 'load' || this.clock.now() < this.journal.validUntil();
        if (kind === 'open' || (isOurs && isTrue)) this.turn(() => answered(answer));
        else failed(toGridwireError('The queue was lost meanwhile.'));
      },
      (thrown: unknown) => {
        this.calls -= 1;
        failed(toGridwireError(thrown));
      },
    );
  }

  private opened(usage: Awaited<ReturnType<OutboxJournal['usage']>>): void {
    // It may have been lost once more while it was opened.
    this.noticeLoss();
    this.machine.opened(usage, this.clock.now());
    for (const { resolve } of this.opening.splice(0)) resolve();
  }
}
