import type { Delivery } from '../../brokers/broker.js';
import { type Cancel, type Clock, pause } from '../../clock.js';
import { type GridwireError, toGridwireError } from '../../errors.js';
import type { InboundMessage } from '../../event.js';
import { PassingMap } from '../../passing-map.js';
import { reportStanding } from '../../observe/facts/standings.js';
import { ArrivalKeys } from './arrival-keys.js';
import type { TurnBudget } from '../../turn.js';
import { EffectQueue } from './effect-queue.js';
import { EarlyDeliveries } from './early-deliveries.js';
import type { Effect, Time } from './effects.js';
import { Moment } from './moment.js';
import type { InboxFacts } from './inbox-facts.js';
import { Inbox } from './inbox.js';
import type { InboxRules } from './lifecycle.js';
import type { InboxStore } from './inbox-store.js';
import { DeliveryOrigin, digest, placeOf } from './names.js';
import { StoreCalls } from './store-calls.js';
import type { Decision, Outcome, Work } from './work.js';

export interface InboxPorts {
  clock: Clock;
  /** From 0 to 1, as `Math.random`. */
  random: () => number;
  work: Work;
  /** Where failed messages wait, and what is dealt with is noted. */
  store?: InboxStore;
  /** Something about the store that a person should know. */
  tell: (error: GridwireError) => void;
  /** Tells what happens to whoever listens. */
  facts?: InboxFacts;
  /** How much is read before others have their turn; the process's own by default. */
  turn?: TurnBudget;
}

/** What the flow has to do: with a message, or to give it up. */
type WorkEffect = Extract<Effect, { do: 'run' | 'reject' }>;

/** How long what is being written down is waited for when the inbox closes, milliseconds. */
const CLOSING = 2_000;
const LOOK = 20;

/** Does what the inbox wants done. It holds handles (deliveries, a timer) and decides nothing. */
export class InboxDriver {
  private readonly inbox: Inbox;
  private readonly calls: StoreCalls | undefined;
  /** By the key of the message that they are deliveries of. */
  private readonly deliveries = new PassingMap<string, Delivery>();
  /** Further deliveries of a message in hand. */
  private readonly attached = new Map<string, Delivery[]>();
  private readonly effects: EffectQueue;
  private readonly early: EarlyDeliveries;
  private readonly keys: ArrivalKeys;
  private alarm: { at: number; cancel: Cancel } | undefined;
  private readonly unreport: (() => void) | undefined;

  constructor(
    private readonly ports: InboxPorts,
    rules: Omit<InboxRules, 'hasStore' | 'random'>,
  ) {
    const { clock, random, store, facts } = ports;
    this.unreport = facts && reportStanding(() => facts.standing(this.inbox, clock.now()));
    this.keys = new ArrivalKeys(random);
    this.effects = new EffectQueue(
      (effect) => this.carryOut(effect),
      () => {
        ports.facts?.repeated(this.inbox.repeated);
        this.setAlarm();
      },
      ports.turn,
    );
    this.early = new EarlyDeliveries(clock, store === undefined, (delivery) => this.takeNow(delivery));
    this.inbox = new Inbox({ ...rules, random, hasStore: store !== undefined });
    this.calls =
      store &&
      new StoreCalls(store, this.inbox, {
        input: (happens) => this.input(happens),
        idOf: (message) => this.digestOfId(message),
        wrote: (write) => this.ports.facts?.wrote(write),
      });
    this.input((time) => this.inbox.open(time));
  }

  /** Failed messages that wait for their next attempt. */
  get waiting(): number {
    return this.inbox.waiting;
  }

  /** Messages that the flow has, or whose end is being written down. */
  get inHand(): number {
    return this.inbox.inHand;
  }

  /** Repetitions that were dropped. */
  get repeated(): number {
    return this.inbox.repeated;
  }

  /** What is remembered beside the messages in hand. */
  get memory(): { messages: number; bytes: number } {
    return this.inbox.memory;
  }

  take(delivery: Delivery): void {
    if (!this.early.hold(delivery)) this.takeNow(delivery);
  }

  private takeNow(delivery: Delivery): void {
    if (!this.inbox.isOpen) return;
    const { message } = delivery;
    const time = this.time();
    const key = this.keys.next(time.now);
    const id = this.digestOfId(message);
    const place = placeOf(message);
    const origin = new DeliveryOrigin(delivery, key);
    this.deliveries.set(key, delivery);
    this.ports.facts?.received(message);
    this.effects.execute(this.inbox.delivered({ key, message, origin, id, place }, time));
  }

  /** Lets what is held by this go on, or be refused. */
  decided(decision: Decision): void {
    this.input((time) => this.inbox.decided(decision, time));
  }

  /** Somebody else has put messages into the queue in the store. */
  lookAgain(): void {
    this.input((time) => this.inbox.lookAgain(time));
  }

  /** Gives up what is in memory and names a subject that is to be forgotten. @returns how many messages */
  erase(names: (message: InboundMessage) => boolean): number {
    const { count, effects } = this.inbox.erase(names, this.time());
    this.effects.execute(effects);
    return count;
  }

  /** Begins nothing new. */
  drain(): void {
    this.inbox.drain();
  }

  /**
   * Lets what is in hand end, then writes down the rest, if there is a store.
   * @param patience how long the flow may take, milliseconds
   * @returns how many the store has then, and the topics of what is still unsettled: it will be given up
   */
  async finish(patience: number): Promise<{ kept: number; lost: string[] }> {
    this.early.end();
    this.drain();
    await this.until(() => this.inbox.inHand === 0, patience);
    this.input((time) => this.inbox.keepAll(time));
    await this.until(() => this.isWritten, CLOSING);
    return { kept: this.inbox.inStore, lost: this.inbox.unsettled };
  }

  /** Settles nothing any more but what is being written down; resolves when that has ended, or takes too long. */
  async close(): Promise<void> {
    this.early.forget();
    this.effects.close();
    for (const effect of this.inbox.close()) this.carryOut(effect);
    this.unreport?.();
    this.alarm?.cancel();
    this.alarm = undefined;
    await this.until(() => this.isWritten, CLOSING);
    this.deliveries.clear();
    this.attached.clear();
  }

  private get isWritten(): boolean {
    return (this.calls?.writes ?? 0) === 0;
  }

  private input(happens: (time: Time) => Effect[]): void {
    this.effects.execute(happens(this.time()));
  }

  private carryOut(effect: Effect): void {
    const { ports } = this;
    switch (effect.do) {
      case 'run':
        this.run(effect);
        break;
      case 'reject':
        ports.facts?.refused(effect.message, effect.error);
        this.run(effect);
        break;
      case 'acknowledge':
        this.acknowledge(effect.key);
        break;
      case 'attach': {
        const before = this.attached.get(effect.key) ?? [];
        this.attached.set(effect.key, [...before, ...this.deliveriesOf(effect.delivery)]);
        this.deliveries.delete(effect.delivery);
        break;
      }
      case 'tell':
        ports.tell(effect.error);
        break;
      case 'ready':
        this.early.end();
        break;
      case 'found':
        ports.work.heldBefore?.(effect.held);
        break;
      case 'gone':
        ports.work.heldNoMore?.(effect.held);
        break;
      case 'write':
      case 'ask':
      case 'begin':
      case 'load':
      case 'decide':
      case 'trim':
        this.calls?.carryOut(effect);
    }
  }

  private run(effect: WorkEffect): void {
    const { facts, clock } = this.ports;
    const { key, message } = effect;
    const began = effect.do === 'run' && facts?.wantsProcessed === true ? clock.now() : undefined;
    try {
      this.begun(effect).then(
        (outcome) => this.ended(key, message, began, outcome),
        (thrown: unknown) => this.ended(key, message, began, failure(thrown)),
      );
    } catch (thrown) {
      this.ended(key, message, began, failure(thrown));
    }
  }

  private begun(effect: WorkEffect): Promise<Outcome> {
    const { work } = this.ports;
    if (effect.do === 'run') return work.process(effect.message, effect.attempt, effect.origin);
    return work.giveUp(effect.message, effect.error, effect.origin, effect.toStore);
  }

  private ended(key: string, message: InboundMessage, began: number | undefined, outcome: Outcome): void {
    const { work, facts } = this.ports;
    const time = this.time();
    if (began !== undefined) facts?.processed(message, outcome, began, time.now);
    const isKnown = outcome.kind === 'failed' && work.knows?.(message) === true;
    this.effects.execute(this.inbox.ended(key, outcome, isKnown, time));
  }

  private acknowledge(key: string): void {
    const { facts, clock } = this.ports;
    const all = this.deliveriesOf(key);
    for (const delivery of all) delivery.settle('ack');
    facts?.settled(all, clock.wall());
    this.deliveries.delete(key);
    if (this.attached.size > 0) this.attached.delete(key);
  }

  private deliveriesOf(key: string): readonly Delivery[] {
    const first = this.deliveries.get(key);
    if (first === undefined) return [];
    return this.attached.size === 0 ? [first] : [first, ...(this.attached.get(key) ?? [])];
  }

  private setAlarm(): void {
    const { clock } = this.ports;
    const at = this.inbox.wakeAt;
    if (this.alarm !== undefined && this.alarm.at <= at) return;
    this.alarm?.cancel();
    this.alarm = undefined;
    if (at === Infinity) return;
    const cancel = clock.after(Math.max(0, at - clock.now()), () => {
      this.alarm = undefined;
      this.input((time) => this.inbox.woke(time, (key) => this.holdsUp(key)));
    });
    this.alarm = { at, cancel };
  }

  private holdsUp(key: string): number {
    let waiting = 0;
    for (const delivery of this.deliveriesOf(key)) waiting = Math.max(waiting, delivery.holdsUp());
    return waiting;
  }

  private async until(condition: () => boolean, patience: number): Promise<void> {
    const { clock } = this.ports;
    for (const end = clock.now() + patience; !condition() && clock.now() < end;) await pause(clock, LOOK);
  }

  private time(): Time {
    return new Moment(this.ports.clock);
  }

  private digestOfId(message: InboundMessage): string | undefined {
    const id = this.ports.work.idOf?.(message);
    return id === undefined ? undefined : digest(id);
  }
}

function failure(thrown: unknown): Outcome {
  return { kind: 'failed', error: toGridwireError(thrown) };
}
