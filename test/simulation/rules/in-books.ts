import type { InboundMessage, WireMessage } from '../../../src/event.js';
import type { Ending } from '../machines/machines.js';
import type { Timeline } from '../engine/timeline.js';
import { HeldBooks } from './held-books.js';
import { number, numberOf } from './numbers.js';
import type { Verdicts } from './violation.js';

/** A message on its way in, as an onlooker sees it who sees everything. */
export interface InEvent {
  readonly n: number;
  readonly message: WireMessage;
  /** By what repetitions are recognised; the same for messages that an upstream sent twice. */
  readonly id: string;
  readonly arrivedAt: number;
  /** How often the wall clock had been set then. */
  readonly settings: number;
  deliveries: number;
  /** Runs of the flow that go on. */
  running: number;
  /** Runs that ended well. */
  done: number;
  /** Its last run ended well. */
  endedWell: boolean;
  /** The store knew that it was done, and its broker that it is settled. */
  isKnown: boolean;
  /** The store lost its content after it may have been told, and before its answer came. */
  isMarkLost: boolean;
  /** Reported where no store keeps letters, or handed to the flow's branch for refused messages. */
  told: number;
  settled: boolean;
  acknowledged: boolean;
  /** A fault came between: it may run again. */
  excused: boolean;
  /** The repair of a letter. */
  repairs: boolean;
  /** How long a command is good for, milliseconds. */
  life: number | undefined;
  /** It was delivered by the wall clock by which it was sent, so that its time to live is known from then on. */
  isLifeKnown: boolean;
  /** Its last run failed then, in that process. */
  failed: { at: number; process: number } | undefined;
  /** Failures that count against it. */
  failures: number;
  /** The flow has put it aside, and nobody has decided about it since. */
  held: boolean;
  /** When that was decided, simulated time. */
  decidedAt: number;
  /** Somebody has decided that it is refused. */
  refused: boolean;
  /** It was given up: it goes to its dead letter, and nowhere else. */
  givenUp: boolean;
}

/** Before a second attempt, milliseconds: three quarters of what the rule says. */
const SHORTEST_WAIT = 374;

export interface Store {
  isParked(n: number): boolean;
  /** Its row waits for a decision, or says that it is refused. */
  isClosed(n: number): boolean;
  lettersOf(n: number): number;
}

/** Keeps account of all messages that come in, and holds the inbox to its promises. */
export class InBooks {
  readonly events = new Map<number, InEvent>();
  readonly held: HeldBooks;
  private readonly byId = new Map<string, InEvent[]>();
  /** Settled, and not at an end that lasts. */
  private readonly watched = new Set<InEvent>();

  constructor(
    private readonly timeline: Timeline,
    private readonly verdicts: Verdicts,
    private readonly store: Store,
    private readonly options: {
      hasStore: boolean;
      onReceipt: boolean;
      duplicates: boolean;
      attempts: number;
    },
  ) {
    this.held = new HeldBooks(this.events, verdicts, store, options.hasStore);
  }

  arrive(n: number, message: WireMessage, id: string, repairs: boolean, life: number | undefined): InEvent {
    const event: InEvent = {
      n,
      message,
      id,
      arrivedAt: this.timeline.time,
      settings: this.timeline.settings,
      deliveries: 0,
      running: 0,
      done: 0,
      endedWell: false,
      isKnown: false,
      isMarkLost: false,
      told: 0,
      settled: false,
      acknowledged: false,
      excused: false,
      repairs,
      life,
      isLifeKnown: false,
      failed: undefined,
      failures: 0,
      held: false,
      decidedAt: 0,
      refused: false,
      givenUp: false,
    };
    this.events.set(n, event);
    number(message, n);
    this.byId.set(id, [...(this.byId.get(id) ?? []), event]);
    return event;
  }

  of(message: WireMessage): InEvent | undefined {
    return this.events.get(numberOf(message));
  }

  acknowledged(message: WireMessage): void {
    const event = this.of(message);
    if (event !== undefined) event.acknowledged = true;
  }

  /** Somebody was told that the store refuses something for good: what is such counts as told. */
  toldOfRefusal(): void {
    for (const event of this.events.values())
      if (event.message.headers['poison'] !== undefined) event.told += 1;
  }

  /** @param process the number of the one in which it runs */
  runs(copy: InboundMessage, event: InEvent, process: number): void {
    this.holdTimes(event, process);
    this.held.runs(copy, event);
    event.endedWell = event.isMarkLost = false;
    event.running += 1;
    const text = (): string => `event ${event.n}: ${event.running} runs, ${event.done} done`;
    this.verdicts.hold(event.running === 1 || event.excused, 'nothing in two places', text);
    this.verdicts.hold(event.done === 0 || event.excused, 'a repetition only after a fault', text);
    if (!this.options.duplicates) return;
    const isKnown = !event.repairs && this.sameId(event).some(({ isKnown }) => isKnown);
    this.verdicts.hold(
      !isKnown,
      'no repetition after deduplication',
      () => `event ${event.n} with id ${event.id} runs`,
    );
  }

  private holdTimes(event: InEvent, process: number): void {
    const { n, failed, life, message, arrivedAt } = event;
    const text = (): string => `event ${n} runs`;
    this.verdicts.hold(!event.givenUp || event.excused, 'what is given up is not processed again', text);
    const { time } = this.timeline;
    if (life !== undefined && message.expiresAt !== undefined && event.settings === this.timeline.settings) {
      const late = Math.min(time - arrivedAt - life, this.timeline.wall() - message.expiresAt);
      this.verdicts.hold(late <= 0, 'no command after its expiry', () => `event ${n} runs ${late} ms late`);
    }
    if (failed?.process !== process || event.excused) return;
    const waited = time - failed.at;
    const isInTime = waited >= SHORTEST_WAIT;
    this.verdicts.hold(
      isInTime,
      'what failed waits before it is tried again',
      () => `${text()} after ${waited} ms`,
    );
  }

  /** Somebody has given up what was held of it. */
  discarded(event: InEvent): void {
    event.told += 1;
    event.held = false;
  }

  /** @param counts its failure says something about the message */
  ended(copy: InboundMessage, event: InEvent, kind: Ending['kind'], process: number, counts: boolean): void {
    event.running -= 1;
    event.endedWell = kind === 'done';
    if (event.endedWell) event.done += 1;
    this.held.ended(copy, event, kind === 'held');
    if (kind !== 'failed') return;
    event.failed = { at: this.timeline.time, process };
    if (counts) event.failures += 1;
    const isWithin = event.failures <= this.options.attempts || event.excused;
    const text = (): string => `event ${event.n} has failed ${event.failures} times`;
    this.verdicts.hold(isWithin, 'as many attempts as the contract says', text);
  }

  /** Its broker has brought it. */
  delivered(event: InEvent): void {
    event.deliveries += 1;
    event.isLifeKnown = event.deliveries === 1 && event.settings === this.timeline.settings;
  }

  /** It is given up because it has expired. */
  expired({ n, life, isLifeKnown, arrivedAt, settled }: InEvent): void {
    if (life === undefined || !isLifeKnown || !settled) return;
    const age = this.timeline.time - arrivedAt;
    const text = (): string => `event ${n} is said to have expired after ${age} of ${life} ms`;
    this.verdicts.hold(age >= life, 'ages are counted by a clock that does not jump', text);
  }

  /** The driver has said that the broker may forget it: is it somewhere else? */
  settled(event: InEvent): void {
    event.settled = true;
    if (event.endedWell && !event.isMarkLost) event.isKnown = true;
    // Another one with its id waits for its next attempt, and answers for both.
    if (this.sameId(event).some(({ n }) => this.store.isParked(n))) event.repairs = false;
    this.watched.add(event);
    if (!this.options.onReceipt) this.holdHome(event, 'acknowledged means done, kept, parked or lettered');
  }

  /** After each step: what was acknowledged is somewhere still. */
  check(): void {
    if (this.options.onReceipt) return;
    for (const event of this.watched) {
      if (event.done > 0 || event.told > 0) this.watched.delete(event);
      else this.holdHome(event, 'acknowledged means done, kept, parked or lettered');
    }
  }

  excuse(which: (event: InEvent) => boolean): void {
    for (const event of this.events.values()) if (which(event)) event.excused = true;
  }

  processDied(): void {
    this.held.processDied();
    for (const event of this.events.values()) {
      if (!this.isOver(event)) event.excused = true;
      event.running = 0;
      // Nobody is left who knows that it ended well, unless the store was told.
      event.endedWell = false;
    }
  }

  /** The store has lost what it had, and has said so; what was dealt with may come again. */
  contentLost(): void {
    this.held.contentLost();
    for (const event of this.events.values()) {
      const isKept = this.store.isParked(event.n) || this.store.lettersOf(event.n) > 0;
      event.isMarkLost = event.endedWell && !event.settled;
      Object.assign(event, { excused: true, isKnown: false, held: false, refused: false, givenUp: false });
      if (event.deliveries > 0 && !isKept) event.told += 1;
    }
  }

  finish(): void {
    for (const event of this.events.values()) {
      const { n, done, told, deliveries, settled, running } = event;
      const letters = this.store.lettersOf(n);
      const text = (): string =>
        `event ${n}: delivered ${deliveries}, done ${done}, told ${told}, letters ${letters}, settled ${settled}, running ${running}`;
      if (deliveries === 0) continue;
      this.verdicts.hold(
        !this.store.isParked(n),
        'once faults stop everything ends',
        () => `${text()}, parked`,
      );
      const isOver = done > 0 || told > 0 || letters > 0 || this.isRepetition(event);
      if (!this.options.onReceipt)
        this.verdicts.hold(isOver, 'acknowledged means done, kept, parked or lettered', text);
      this.verdicts.hold(letters <= 1 || event.excused, 'nothing in two places', text);
      this.verdicts.hold(done === 0 || letters === 0 || event.excused, 'nothing in two places', text);
    }
  }

  private isOver(event: InEvent): boolean {
    return event.acknowledged && !this.store.isParked(event.n);
  }

  /** Another message with the same id was dealt with, or waits to be. */
  isRepetition(event: InEvent): boolean {
    if (!this.options.duplicates) return false;
    // A repair is dropped only for one that was processed after all: a letter of it is no success.
    if (event.repairs) return this.sameId(event).some(({ done }) => done > 0);
    return this.sameId(event).some(
      ({ n, done, told }) => done > 0 || told > 0 || this.store.lettersOf(n) > 0 || this.store.isParked(n),
    );
  }

  private holdHome(event: InEvent, rule: string): void {
    const { n } = event;
    const isSomewhere =
      event.done > 0 ||
      event.told > 0 ||
      this.store.isParked(n) ||
      this.store.lettersOf(n) > 0 ||
      this.isRepetition(event);
    this.verdicts.hold(isSomewhere, rule, () => `event ${n} is nowhere`);
  }

  private sameId(event: InEvent): InEvent[] {
    return (this.byId.get(event.id) ?? []).filter((other) => other !== event);
  }
}
