import type { Cancel, Clock } from '../../../clock.js';
import type { MqttClient } from 'mqtt';
import { GridwireError } from '../../../errors.js';
import { own } from '../../../own.js';
import type { Link } from '../connection/link.js';
import type { Asking } from './asking.js';
import { type FilterEntry, type FilterTable, identifierOf, isFor } from './filter-table.js';
import type { HeldMessage, Share } from './held-message.js';
import { filtersFor } from './old-filters.js';
import type { Route } from './route.js';
import { Unclaimed } from './unclaimed.js';

/** The time of grace where others subscribe on the same client, whom it holds up: Node-RED closes a node within it. */
const BUSY_GRACE = 15_000;
/** A wait that holds up others for longer than this is told. */
const STALL = 2_000;
/** Subscriptions of an earlier process that are looked for over one connection. */
const SEARCHES = 20;
/** Drops are told at once, and then this long after one another, milliseconds. */
const TELL_EVERY = 1_000;

/**
 * What the session brings and no subscription takes at present: those of the flow may come back, those that an earlier
 * flow made are ended at the broker. MQTT is answered in order, so each such message holds up all behind it.
 */
export class Leftovers {
  readonly #unclaimed: Unclaimed;
  readonly #abandoned = new Set<string>();
  #since: number | undefined;
  #searches = 0;
  #stall: Cancel | undefined;
  #dropped = 0;
  #untold = { count: 0, topic: '', reason: '' };
  #telling: NodeJS.Timeout | undefined;

  /** @param rest leaves everything to the broker, because nobody subscribes to anything */
  constructor(
    private readonly filters: FilterTable,
    private readonly asking: Asking,
    private readonly link: Link,
    private readonly tell: (problem: GridwireError) => void,
    private readonly rest: () => Promise<void>,
    private readonly settings: { grace: number; keepsSession: boolean; isOwn: boolean },
    private readonly clock: Clock,
  ) {
    this.#unclaimed = new Unclaimed(clock, () => this.#expired());
  }

  connected(client: MqttClient): void {
    this.#since ??= this.clock.now();
    this.#searches = 0;
    own(this.asking.unsubscribe(client, this.#unwanted()), this.tell);
  }

  /**
   * A subscriber has another filter now, and nobody has this one.
   * @returns what waits for it and the other one asks for as well
   */
  abandon(filter: string, other: string): Share[] {
    this.#abandoned.add(filter);
    const entry = this.filters.find(filter);
    if (entry?.routes.size === 0) this.filters.remove(entry);
    own(this.asking.unsubscribe(this.link.client, this.#unwanted()), this.tell);
    const waiting = this.#unclaimed.takeOf(filter);
    const isWanted = ({ held }: Share): boolean => isFor(other, held.message.topic, []);
    this.drop(
      waiting.filter((share) => !isWanted(share)),
      `the filter ${filter} was changed`,
    );
    return waiting.filter(isWanted);
  }

  /**
   * The filters that a message is for. In a session of its own a subscriber gets what comes by a filter that it had
   * before, if the one it has now asks for that as well; and the old one is ended.
   */
  askedFor({ message, subscriptionIds }: HeldMessage): readonly FilterEntry[] {
    const entries = this.filters.select(message.topic, subscriptionIds);
    if (entries.length > 0 || !this.settings.isOwn) return entries;
    const heirs = this.filters.select(message.topic, []);
    if (heirs.length > 0) {
      const old = this.#earlier([{ topic: message.topic, subscriptionIds }]);
      own(this.asking.unsubscribe(this.link.client, old), this.tell);
    }
    return heirs;
  }

  /** A subscription was closed and its subscriber is expected back; so is what it had. */
  left(entry: FilterEntry, route: Route): void {
    const until = this.clock.now() + this.#grace;
    if (route.identity !== undefined || entry.routes.size === 0) entry.left.set(route.identity, until);
    this.#wait(route.end(), until, entry.filter, route.identity);
  }

  /**
   * Keeps a message for those who are expected back, or, if no filter is known that asks for it, for whoever comes first.
   * @returns whether somebody is
   */
  keep(held: HeldMessage, entries: readonly FilterEntry[]): boolean {
    const now = this.clock.now();
    if (entries.length === 0) {
      const { message, subscriptionIds } = held;
      // In a session of its own, whatever a subscriber did not ask for comes by a filter that it had before.
      const isOld =
        (this.settings.isOwn && this.#isBusy) ||
        [...this.#abandoned].some((filter) => isFor(filter, message.topic, subscriptionIds));
      this.#wait([held.share()], isOld ? now : Math.max(now, (this.#since ?? now) + this.#grace));
      return true;
    }
    const isAlone = entries.every(({ routes }) => routes.size === 0);
    let isKept = false;
    for (const { filter, left } of entries) {
      for (const [identity, until] of left) {
        if (!isAlone && until <= now) continue;
        isKept = true;
        this.#wait([held.share()], until, filter, identity);
      }
    }
    return isKept;
  }

  claim(filter: string, identity: string | undefined, isMine: (share: Share) => boolean): Share[] {
    this.#abandoned.delete(filter);
    return this.#unclaimed.claim(filter, identity, isMine);
  }

  /** Gives messages up, visibly: MQTT 5 tells the broker too. */
  drop(shares: readonly Share[], reason: string): void {
    if (shares.length === 0) return;
    for (const share of shares) share.settle('nack');
    this.#dropped += shares.length;
    this.#untold.count += shares.length;
    this.#untold = { ...this.#untold, reason, topic: shares[0]?.held.message.topic ?? '' };
    if (this.#telling === undefined) this.#tellDropped();
  }

  clear(): void {
    this.#unclaimed.clear();
    this.#stall?.();
    clearTimeout(this.#telling);
    this.#telling = undefined;
    if (this.#untold.count > 0) this.#tellDropped();
    clearTimeout(this.#telling);
  }

  get #isBusy(): boolean {
    return this.filters.all.some(({ routes }) => routes.size > 0);
  }

  get #grace(): number {
    return this.#isBusy ? Math.min(BUSY_GRACE, this.settings.grace) : this.settings.grace;
  }

  #wait(shares: readonly Share[], until: number, filter?: string, identity?: string): void {
    this.#unclaimed.add(shares, until, filter, identity);
    this.#stall ??= this.clock.after(STALL, () => this.#tellStall());
  }

  /**
   * Nobody came back for what waits. If nobody is subscribed at all the broker can keep it, so the connection is
   * ended; otherwise it would block the others and is dropped, visibly.
   */
  #expired(): void {
    const now = this.clock.now();
    if (this.settings.keepsSession && !this.#isBusy) {
      this.#unclaimed.clear();
      own(this.rest(), this.tell);
      return;
    }
    const ended: string[] = [];
    for (const entry of this.filters.all) {
      for (const [identity, until] of entry.left) if (until <= now) entry.left.delete(identity);
      if (entry.routes.size > 0 || entry.left.size > 0) continue;
      this.filters.remove(entry);
      ended.push(entry.filter);
    }
    const shares = this.#unclaimed.takeExpired(now);
    own(
      this.asking.unsubscribe(this.link.client, [...ended, ...this.#earlier(shares.map(cameAs))]),
      this.tell,
    );
    this.drop(shares, 'no subscription asked for them in time');
  }

  /** The filters by which an earlier process subscribed to what came. */
  #earlier(messages: readonly CameAs[]): string[] {
    const found = new Set<string>();
    for (const { topic, subscriptionIds: ids } of messages) {
      if (this.filters.select(topic, ids).length > 0 || this.#searches >= SEARCHES) continue;
      this.#searches += 1;
      const isIt = (filter: string) => ids.length === 0 || ids.includes(identifierOf(filter));
      for (const filter of filtersFor(topic)) if (isIt(filter)) found.add(filter);
    }
    return [...found].filter((filter) => this.filters.find(filter) === undefined);
  }

  #unwanted(): string[] {
    return [...this.#abandoned].filter((filter) => this.filters.find(filter) === undefined);
  }

  #tellStall(): void {
    this.#stall = undefined;
    const waiting = this.#unclaimed.length;
    if (waiting === 0 || !this.#isBusy) return;
    const topic = this.#unclaimed.oldest ?? '';
    const text = `${waiting} messages of the session wait for a subscription that is not there, the first on ${topic}, and hold up all others until it comes or their time of grace is over.`;
    this.tell(
      new GridwireError('SESSION_UNCLAIMED', text, { details: { waiting, topic }, fault: 'transient' }),
    );
  }

  #tellDropped(): void {
    const { count, topic, reason } = this.#untold;
    this.#telling = undefined;
    if (count === 0) return;
    this.#untold = { count: 0, topic: '', reason: '' };
    const text = `${count} messages that the broker had kept were dropped, the first on ${topic}: ${reason} (${this.#dropped} so far). Subscribe to them, or give this client another id.`;
    this.tell(
      new GridwireError('SESSION_UNCLAIMED', text, { details: { dropped: count, lost: count, topic } }),
    );
    this.#telling = setTimeout(() => this.#tellDropped(), TELL_EVERY);
    this.#telling.unref();
  }
}

/** What says by which filter a message came. */
interface CameAs {
  topic: string;
  subscriptionIds: readonly number[];
}

function cameAs({ held }: Share): CameAs {
  return { topic: held.message.topic, subscriptionIds: held.subscriptionIds };
}
