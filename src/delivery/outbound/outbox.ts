import type { Broker, Outlet, PublishResult } from '../../brokers/broker.js';
import { type Cancel, type Clock, systemClock } from '../../clock.js';
import { type GridwireError, toGridwireError } from '../../errors.js';
import type { WireMessage } from '../../event.js';
import { reportStanding } from '../../observe/facts/standings.js';
import type { BreakerState } from './breaker.js';
import { type Expected, Intake } from './intake.js';
import { JournalDriver } from './journal-driver.js';
import type { Origin } from './journal.js';
import type { Effect } from './outbox-effects.js';
import type { Item } from './outbox-item.js';
import { DEFAULT_OUTBOX, type OutboxOptions, type SendRule } from './outbox-limits.js';
import { OutboxMachine } from './outbox-machine.js';
import { type Sender, Senders } from './senders.js';
import type { Surroundings } from './surroundings.js';
import { Wake } from './wake.js';
import { inTime } from './wire-time.js';

export type { OutboxOptions, SendRule } from './outbox-limits.js';
export type { Durable, Surroundings } from './surroundings.js';

/** What is to be sent, with its rule. */
export interface Sending {
  readonly wire: WireMessage;
  readonly rule: SendRule;
}

/** How often a queue that may be another's now is looked at again, milliseconds. */
const LEASE_LOOK = 1_000;

/**
 * Between a node and its broker: keeps events, within bounds, until the broker has acknowledged them: in memory, and
 * with a journal also where they outlive the process; then they are kept before they are accepted, and memory holds
 * no more than a part of them.
 * Order is kept per topic, unless an event's rule says otherwise. A transient fault (broker away, timeout, quota) makes
 * events wait; a permanent one fails the event at once, or after its contract's retries where the broker itself
 * refused it. Every accepted event ends in exactly one resolved or rejected promise.
 *
 * All is decided by the machine; this carries its effects out, and holds nothing but handles.
 */
export class Outbox {
  private readonly machine: OutboxMachine;
  private readonly outlet: Outlet;
  private readonly journal: JournalDriver | undefined;
  private readonly clock: Clock;
  private readonly senders: Senders;
  private keys = 0;
  private readonly wake: Wake;
  private readonly intake: Intake;
  private pumpedAt = 0;
  private soon = false;
  private running = false;
  private again = false;
  private resting: (() => void) | undefined;
  private readonly onState = (): void =>
    this.turn((now) => this.machine.state(this.broker.isConnected(), now));
  private readonly unreport: (() => void) | undefined;

  constructor(
    private readonly broker: Broker,
    options: Partial<OutboxOptions> = {},
    private readonly surroundings: Surroundings = {},
  ) {
    const { durable, clock = systemClock, random } = surroundings;
    this.clock = clock;
    this.senders = new Senders(surroundings.facts);
    const given = { ...DEFAULT_OUTBOX, ...options };
    const { retry, sentBefore } = durable ?? {};
    this.machine = new OutboxMachine(given, durable !== undefined, retry, random, sentBefore);
    this.journal =
      durable && new JournalDriver(this.machine, durable.journal, clock, (input) => this.turn(input));
    this.intake = new Intake(clock, this.journal, surroundings.elsewhere, (event, sender) =>
      this.accept(event, sender),
    );
    this.wake = new Wake(clock, () => this.turn(() => undefined));
    this.outlet = broker.outlet(this.onState);
    broker.on('state', this.onState);
    const { facts } = surroundings;
    this.unreport = facts && reportStanding(() => facts.standing(this.machine, given, clock.now()));
    this.onState();
  }

  /** Events accepted and not yet acknowledged. */
  get size(): number {
    return this.machine.holdings.size;
  }

  /** Of these, how many wait because the broker cannot take them. */
  get waiting(): number {
    return this.size - this.machine.holdings.underWay;
  }

  get breakerState(): BreakerState {
    return this.machine.breaker.state(this.clock.now());
  }

  /** The latest fault that made events wait behind the breaker; undefined while it is closed. */
  get fault(): GridwireError | undefined {
    return this.breakerState === 'closed' ? undefined : this.machine.fault;
  }

  /** Whether events that waited for a connection are held back now by the rate that was set for them. */
  get draining(): boolean {
    return this.machine.holdsBack(this.clock.now());
  }

  /** Events that gave way to newer ones, and those that waited too long. */
  get losses(): Readonly<{ dropped: number; expired: number }> {
    return this.machine.holdings.losses;
  }

  /**
   * Accepts an event and delivers it.
   * @param origin names the event over restarts, where its source does
   * @returns after the broker's acknowledgement; undefined if it is kept otherwise: with a journal, if the outbox was
   *   closed before, and the next one will deliver it; or if another queue of the node has it
   * @throws GridwireError `OUTBOX_FULL`, `BODY_TOO_LARGE`, `OUTBOX_DROPPED`, `OUTBOX_EXPIRED`, `OUTBOX_DISCARDED`,
   *   `EVENT_EXPIRED`, `BROKER_CLOSED`, the broker's permanent refusal, or why the journal could not keep the event
   */
  send(message: WireMessage, rule: SendRule = {}, origin?: Origin): Promise<PublishResult | undefined> {
    return new Promise((resolve, reject) => {
      this.intake.give(message, rule, origin, { resolve, reject });
    });
  }

  /**
   * Accepts events that come together, and delivers each as `send` does. What is to be done is decided once for all.
   * @param originOf of the event for a topic
   * @param senderOf who is told of the end of one, by its place among them
   */
  sendAll(
    events: readonly Sending[],
    originOf: (topic: string) => Origin | undefined,
    senderOf: (index: number) => Sender,
  ): void {
    this.turn(() => {
      for (const [index, { wire, rule }] of events.entries())
        this.intake.give(wire, rule, originOf(wire.topic), senderOf(index));
    });
  }

  /**
   * Accepts an event for whose delivery nobody waits; it needs a journal.
   * @param commit writes the event into the journal, with whatever else belongs into that commit, and gives its id
   * @returns after the commit
   * @throws GridwireError `OUTBOX_FULL`, `BODY_TOO_LARGE`, `BROKER_CLOSED`, or why the commit failed
   */
  async post(message: WireMessage, commit: () => Promise<number>): Promise<void> {
    if (this.journal === undefined) throw toGridwireError('This outbox has no journal.');
    const expiresAt = this.intake.expiryOf(message);
    await this.journal.open();
    const key = (this.keys += 1);
    const committed = this.journal.expect(key, commit);
    this.turn((now) => {
      const refused = this.machine.accept({ key, message, rule: {}, expiresAt, attended: false }, now);
      if (refused === undefined) return;
      this.journal?.refuse(key, refused);
      this.surroundings.facts?.refused(undefined, refused);
    });
    await committed;
    this.surroundings.facts?.accepted(undefined, message);
  }

  /**
   * Gives up events of the journal: those that wait are not sent any more, and whoever waits for one hears of it
   * (`OUTBOX_DISCARDED`). One that is under way ends as the broker says, and is not sent a second time.
   * @param entries their ids in the journal, and what they occupy, as `messageBytes` counts it
   */
  discard(entries: readonly { id: number; bytes: number }[]): void {
    this.turn(() => this.machine.discard(entries));
  }

  /** Somebody else has put events into the journal: they are found, and sent. */
  lookAgain(): void {
    this.turn(() => this.machine.holdings.backlog?.search());
  }

  /** Gives up what is in memory and names a subject that is to be forgotten. @returns how many events */
  erase(names: (message: WireMessage) => boolean): number {
    let count = 0;
    this.turn(() => (count = this.machine.erase(names)));
    return count;
  }

  /**
   * Stops sending. What waits fails with `BROKER_CLOSED`, or stays in the journal; what is under way ends as the broker
   * says.
   */
  close(): void {
    this.turn(() => this.machine.close());
    this.broker.off('state', this.onState);
    this.outlet.close();
    this.unreport?.();
    this.wake.cancel();
  }

  /** After `close`: resolves when nothing is under way any more, at the latest after the patience (milliseconds). */
  async atRest(patience: number): Promise<void> {
    if (this.machine.atRest(this.clock.now())) return;
    let cancel: Cancel | undefined;
    await new Promise<void>((resolve) => {
      this.resting = resolve;
      cancel = this.clock.after(patience, resolve);
    });
    this.resting = undefined;
    cancel?.();
  }

  private accept(event: Expected, sender: Sender): void {
    const key = (this.keys += 1);
    this.turn((now) => {
      const refused = this.machine.accept({ ...event, key, attended: true }, now);
      this.senders.add(key, sender, event.rule.about, event.message, refused);
    });
  }

  /** Gives the machine an input, and does what it asks for, until it asks for nothing more. */
  private turn(input: (now: number) => void): void {
    // One look at the clock for all that is decided at once.
    let now = this.clock.now();
    if (this.running) {
      input(now);
      this.again = true;
      return;
    }
    this.running = true;
    try {
      input(now);
      do {
        this.again = false;
        this.machine.settle(now);
        for (const effect of this.machine.effects.splice(0)) this.carryOut(effect);
        this.pump(now);
      } while (this.asksForMore() && (now = this.clock.now()) > 0);
    } finally {
      this.running = false;
    }
    this.arm();
    this.journal?.leaveIfDone();
    if (this.resting !== undefined && this.machine.atRest(this.clock.now())) this.resting();
    this.surroundings.onChange?.();
  }

  /** All answers that came at once are known before anything is sent: it could overtake what one of them brings back. */
  private turnSoon(): void {
    if (this.soon) return;
    this.soon = true;
    queueMicrotask(() => {
      this.soon = false;
      this.turn(() => undefined);
    });
  }

  private asksForMore(): boolean {
    return this.again || this.machine.effects.length > 0;
  }

  private carryOut(effect: Effect): void {
    if (effect.do === 'tell') this.senders.tell(effect.item, effect.ending);
    else if (effect.do === 'lose') {
      this.surroundings.facts?.ended(undefined, effect.error, false);
      this.surroundings.durable?.onLost(effect.error, effect.message);
    } else this.journal?.carryOut(effect);
  }

  private pump(now: number): void {
    this.pumpedAt = now;
    if (this.journal?.mayWork(now) === false) return;
    for (let item = this.machine.next(now); item !== undefined; item = this.machine.next(now)) {
      const answer = this.outlet.offer(inTime(item, this.clock));
      if (typeof answer === 'string') this.machine.refusedRoom(item, answer);
      else this.follow(item, answer, now);
    }
  }

  private follow(item: Item, answer: Promise<PublishResult>, now: number): void {
    this.machine.started(item, now);
    answer.then(
      (result) => {
        const acknowledgedAt = this.clock.now();
        this.senders.acknowledged(item, now, acknowledgedAt);
        this.machine.acknowledged(item, result, acknowledgedAt);
        this.turnSoon();
      },
      (thrown: unknown) => {
        this.machine.failed(item, toGridwireError(thrown), this.clock.now());
        this.turnSoon();
      },
    );
  }

  /** For the earliest time at which time alone changes something. */
  private arm(): void {
    // What was found too early then must not be found in time now, with nobody to look again.
    const now = this.pumpedAt;
    const looksAgain = this.journal?.mayWork(now) === false && !this.machine.closed;
    const at = Math.min(this.machine.wakeAt(now) ?? Infinity, looksAgain ? now + LEASE_LOOK : Infinity);
    this.wake.atLatest(at);
  }
}
