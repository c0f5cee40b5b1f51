import type { GridwireError } from '../../../src/errors.js';
import type { WireMessage } from '../../../src/event.js';
import type { Timeline } from '../engine/timeline.js';
import { number, numberOf } from './numbers.js';
import type { Verdicts } from './violation.js';

/** An event on its way out, as an onlooker sees it who sees everything. */
export interface OutEvent {
  readonly n: number;
  readonly message: WireMessage;
  /** The publish node, and the server that it was meant for when it was sent. */
  readonly node: string;
  readonly server: string;
  readonly durable: boolean;
  /** The event of a source that it passes on; it may be sent several times, and is one event all the same. */
  readonly source: string | undefined;
  /** The source says that an earlier run of it may have sent something. */
  readonly isAgain: boolean;
  /** The outbox that was asked to send it. */
  readonly outbox: object;
  /** The process that was asked to send it, by number. */
  readonly process: number;
  readonly since: number;
  /** How long a command is good for, milliseconds. */
  readonly life: number | undefined;
  /** What its sender was told. `gone`: its process died before it said anything. */
  end: 'pending' | 'sent' | 'kept' | 'told' | 'gone';
  /** When its sender was told that it is sent. */
  sentAt: number;
  code: string | undefined;
  told: number;
  wired: number;
  received: number;
  /** A fault came between: it may be repeated. */
  excused: boolean;
  /** The server refused it by itself, or another instance has taken it: later ones may have passed meanwhile. */
  outOfTurn: boolean;
  /** Rows that the store ever had of it, and when it had the first. */
  rows: number;
  rowAt: number;
  /** The process that knew its end died before the store did. */
  endUncertain: boolean;
}

/** Keeps account of all events that go out, and holds the outbox to its promises. */
export class OutBooks {
  readonly events = new Map<number, OutEvent>();
  /** By server, node and topic: the newest event that was received for the first time. */
  private readonly newest = new Map<string, OutEvent>();

  constructor(
    private readonly timeline: Timeline,
    private readonly verdicts: Verdicts,
  ) {}

  accept(
    event: Pick<
      OutEvent,
      'n' | 'message' | 'node' | 'server' | 'durable' | 'source' | 'isAgain' | 'outbox' | 'process' | 'life'
    >,
  ): OutEvent {
    const entry: OutEvent = {
      ...event,
      since: this.timeline.time,
      end: 'pending',
      sentAt: Infinity,
      code: undefined,
      told: 0,
      wired: 0,
      received: 0,
      excused: false,
      outOfTurn: false,
      rows: 0,
      rowAt: Infinity,
      endUncertain: false,
    };
    this.events.set(event.n, entry);
    number(event.message, event.n);
    return entry;
  }

  of(message: WireMessage): OutEvent | undefined {
    return this.events.get(numberOf(message));
  }

  /**
   * The sending for which a row stands that its outbox gives up. The row of an event that a source brought again is the
   * first sending's, of which somebody may have been told, and waits for the later one.
   */
  givenUp(message: WireMessage): OutEvent | undefined {
    const event = this.of(message);
    if (event === undefined || event.told === 0) return event;
    return this.sameSource(event).find(({ end, told }) => end === 'kept' && told === 0) ?? event;
  }

  /** The store has a row of it. */
  written(message: WireMessage): void {
    const event = this.of(message);
    if (event === undefined) return;
    event.rows += 1;
    event.rowAt = Math.min(event.rowAt, this.timeline.time);
  }

  sent(event: OutEvent): void {
    this.verdicts.hold(
      this.timesReceived(event) > 0,
      'accepted means sent, kept or told',
      () => `event ${event.n} is said to be sent`,
    );
    this.verdicts.hold(
      event.told === 0 || event.endUncertain,
      'told failed and sent never both',
      () => `event ${event.n} was told, then sent`,
    );
    if (event.end !== 'pending') return;
    event.end = 'sent';
    event.sentAt = this.timeline.time;
  }

  kept(event: OutEvent, isThere: boolean): void {
    if (event.end === 'pending') event.end = 'kept';
    this.verdicts.hold(
      event.durable,
      'accepted means sent, kept or told',
      () => `event ${event.n} is kept by nothing`,
    );
    this.verdicts.hold(
      // Another instance may have taken the row, and told its end, before the answer to its writing came here.
      isThere || this.timesReceived(event) > 0 || (event.endUncertain && event.told > 0),
      'accepted means sent, kept or told',
      () => `event ${event.n} is said to be kept`,
    );
  }

  /** @param process which says so */
  tellFailed(event: OutEvent, error: GridwireError, process: number, isAcknowledged: boolean): void {
    event.told += 1;
    event.code = error.code;
    if (event.end === 'pending') event.end = 'told';
    const text = (): string => `event ${event.n}: ${error.code} ${error.message}`;
    this.verdicts.hold(!isAcknowledged, 'told failed and sent never both', text);
    this.verdicts.hold(event.told === 1 || event.endUncertain, 'told once', text);
    const age = this.timeline.time - event.since;
    if (process !== event.process) return;
    const { life } = event;
    if (error.code === 'EVENT_EXPIRED' && life !== undefined)
      this.verdicts.hold(age >= life, 'ages are counted by a clock that does not jump', text);
  }

  wired(server: string, message: WireMessage): void {
    const event = this.of(message);
    if (event === undefined) return;
    event.wired += 1;
    const text = (): string => `event ${event.n} for ${event.server} is sent to ${server}`;
    this.verdicts.hold(server === event.server, 'no event at a broker that it was not meant for', text);
    const isGivenUp = this.sameSource(event).every(({ told }) => told > 0);
    if (isGivenUp && !event.endUncertain)
      this.verdicts.hold(
        false,
        'told failed and sent never both',
        () => `event ${event.n} (${event.code ?? ''}) is sent`,
      );
    const { expiresAt } = event.message;
    if (event.life === undefined || expiresAt === undefined) return;
    const late = this.timeline.time - event.since - event.life;
    const byWall = this.timeline.wall() - expiresAt;
    this.verdicts.hold(
      late <= 0 || byWall <= 0,
      'no command after its expiry',
      () => `event ${event.n}: ${late} ms late`,
    );
  }

  received(server: string, message: WireMessage): void {
    const event = this.of(message);
    if (event === undefined) return;
    event.received += 1;
    if (this.timesReceived(event) > 1) {
      const isExcused = this.sameSource(event).some(({ excused }) => excused);
      this.verdicts.hold(
        isExcused,
        'a repetition only after a fault',
        () => `event ${event.n} is sent again`,
      );
      this.verdicts.hold(
        !this.wasAnswered(event),
        'what was answered is not sent again, whatever is deployed',
        () => `event ${event.n} is sent again`,
      );
      return;
    }
    const place = `${server}\n${event.node}\n${message.topic}`;
    const newest = this.newest.get(place);
    // What a source brings again takes the place that it has got.
    const isFree = event.outOfTurn || event.told > 0 || this.sameSource(event).length > 1;
    const inOrder = newest === undefined || newest.n < event.n || isFree;
    this.verdicts.hold(inOrder, 'order per topic', () => `event ${event.n} comes after ${newest?.n ?? 0}`);
    if (inOrder && !isFree) this.newest.set(place, event);
  }

  /** Whether an outbox of this process knew already that the queue has sent this event of a source. */
  private wasAnswered(event: OutEvent): boolean {
    if (!event.durable || !event.isAgain) return false;
    return this.sameSource(event).some(
      ({ process, node, server, sentAt }) =>
        process === event.process && node === event.node && server === event.server && sentAt < event.since,
    );
  }

  /** All that is not at its end may be repeated from now on. */
  excuse(which: (event: OutEvent) => boolean): void {
    for (const event of this.events.values()) if (which(event)) event.excused = true;
  }

  processDied(process: number): void {
    for (const event of this.events.values()) {
      if (event.process !== process && event.end !== 'kept' && event.end !== 'gone') continue;
      event.excused = true;
      event.endUncertain = true;
      if (event.end === 'pending' && event.process === process) event.end = 'gone';
    }
  }

  /** Events that an outbox owes an end. */
  open(outbox: object): OutEvent[] {
    return [...this.events.values()].filter((event) => event.outbox === outbox && event.end === 'pending');
  }

  private timesReceived(event: OutEvent): number {
    if (event.source === undefined) return event.received;
    return this.sameSource(event).reduce((sum, { received }) => sum + received, 0);
  }

  sameSource(event: OutEvent): OutEvent[] {
    if (event.source === undefined) return [event];
    return [...this.events.values()].filter(
      ({ source, node }) => source === event.source && node === event.node,
    );
  }

  /** After everything has come to its end. @param isInStore whether the store has it still, for nobody */
  finish(isInStore: (event: OutEvent) => boolean): void {
    for (const event of this.events.values()) {
      const { n, end, received, told, durable, rows, code } = event;
      const text = (): string =>
        `event ${n}: ${end}${code === undefined ? '' : ` ${code}`}, received ${received}, told ${told}, rows ${rows}`;
      this.verdicts.hold(end !== 'pending', 'once faults stop everything ends', text);
      const owed = (end !== 'gone' || (durable && rows > 0)) && !isInStore(event);
      if (owed)
        this.verdicts.hold(
          this.timesReceived(event) > 0 || this.sameSource(event).some((other) => other.told > 0),
          'accepted means sent, kept or told',
          text,
        );
    }
  }
}
