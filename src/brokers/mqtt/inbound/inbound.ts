import type { Duplex } from 'node:stream';
import { systemClock } from '../../../clock.js';
import { GridwireError } from '../../../errors.js';
import { own } from '../../../own.js';
import type {
  BrokerState,
  CloseOptions,
  DeliveryHandler,
  SubscribeOptions,
  Subscription,
} from '../../broker.js';
import { forgetMemory, memoryOf, type RetainedMemory } from '../../retained-memory.js';
import { assertFilter } from '../../topic-filter.js';
import { Link } from '../connection/link.js';
import { type ResolvedMqttSettings, sessionProperties } from '../connection/mqtt-settings.js';
import type { PublishPacket } from '../connection/publish-packet.js';
import { Asking } from './asking.js';
import { FilterTable, isFor, type FilterEntry } from './filter-table.js';
import { HeldMessage, NOT_PROCESSED, type Share } from './held-message.js';
import { messageOf } from './inbound-message.js';
import { InboundStream } from './inbound-stream.js';
import { Leftovers } from './leftovers.js';
import { Ledger } from './ledger.js';
import { PacketBooking } from './packet-booking.js';
import { Route } from './route.js';
import { sessionFilters } from './session-filters.js';
import { GRACE } from './unclaimed.js';

/** The share of the receive window that must be free again before the socket is read on. */
const RESUME_AT = 0.75;
/** Bytes of unsettled messages at which the socket is held, however few they are. */
const RECEIVE_BYTES = 64 * 1024 * 1024;

/** The inbound side: owns the session, delivers by subscription, and answers the broker after settlement. */
export class Inbound {
  readonly link: Link;
  readonly #filters = new FilterTable();
  readonly #asking: Asking;
  readonly #leftovers: Leftovers;
  readonly #address: string;
  #ledger = this.#newLedger();
  readonly #whenAnswered = (): void => this.#limit();
  #stream: InboundStream | undefined;
  #held = false;
  #wanted = false;
  #hadSession = false;
  #resting = false;

  /**
   * @param tell receives what no promise reports
   * @param isOwn one subscriber has the session for itself
   */
  constructor(
    private readonly settings: ResolvedMqttSettings,
    private readonly tell: (problem: GridwireError) => void,
    { grace = GRACE, isOwn = false, clock = systemClock } = {},
  ) {
    this.#address = `${settings.host}:${settings.port}`;
    this.#asking = new Asking(settings, tell);
    this.link = this.#newLink();
    const leftovers = { grace, keepsSession: !settings.cleanSession, isOwn };
    const rest = (): Promise<void> => this.#rest();
    this.#leftovers = new Leftovers(this.#filters, this.#asking, this.link, tell, rest, leftovers, clock);
  }

  /** The state of the connection; undefined while none is wanted. */
  get state(): BrokerState | undefined {
    return this.#resting ? undefined : this.link.state;
  }

  /** Whether nobody subscribes to anything, or is expected back. */
  get isEmpty(): boolean {
    return this.#filters.all.length === 0;
  }

  /** Connects as soon as, and as long as, something is subscribed. Resolves when the first attempt has ended. */
  async start(): Promise<void> {
    this.#wanted = true;
    if (this.#filters.all.length > 0) await this.link.start();
  }

  /** @throws GridwireError `FILTER_ILLEGAL`, `SUBSCRIBE_REFUSED` */
  async subscribe(
    filter: string,
    handler: DeliveryHandler,
    options: SubscribeOptions,
  ): Promise<Subscription> {
    assertFilter(filter);
    const { qos = 1, identity } = options;
    const entry = this.#filters.find(filter) ?? this.#filters.add(filter, qos);
    const isBack = identity !== undefined && entry.left.has(identity);
    entry.left.delete(identity);
    const raised = qos > entry.qos;
    if (raised) entry.qos = qos;
    const route = new Route(handler, options, this.#memory(filter, identity), this.tell);
    entry.routes.add(route);
    const isKept = identity !== undefined && !this.settings.cleanSession;
    const before = isKept ? this.#session.moved(identity, filter) : undefined;
    const inherited = before === undefined ? [] : this.#leftovers.abandon(before, filter);
    const isMine = ({ held }: Share) => isFor(filter, held.message.topic, held.subscriptionIds);
    for (const share of [...inherited, ...this.#leftovers.claim(filter, identity, isMine)]) {
      if (route.wants(share.held.message)) route.add(share);
      else share.settle('ack');
    }
    this.#resting = false;
    if (this.#wanted) await this.link.start();
    // Asking again is how MQTT gives a later subscriber the retained values.
    const client = this.link.client;
    const asksForRetained = route.wantsRetained && !isBack;
    if (client && (!entry.granted || raised || asksForRetained)) {
      await this.#asking.subscribe(client, entry, wantsRetained(entry)).catch((error: unknown) => {
        this.#remove(entry, route);
        throw error;
      });
    }
    entry.registered = true;
    return {
      filter,
      close: (closing) => this.#close(entry, route, closing),
      finish: () => this.#finish(entry),
      isGranted: () => entry.granted,
    };
  }

  /** Ends the connection. The broker keeps what is unsettled, as far as it keeps the session. */
  async stop(): Promise<void> {
    for (const entry of this.#filters.all) {
      for (const route of entry.routes) route.end();
      this.#filters.remove(entry);
    }
    this.#leftovers.clear();
    await this.link.stop();
  }

  get #session() {
    return sessionFilters(this.#address, this.settings.clientId);
  }

  #memory(filter: string, identity: string | undefined): RetainedMemory | undefined {
    return identity === undefined ? undefined : memoryOf(this.#address, identity, filter);
  }

  #newLink(): Link {
    const { clientId, cleanSession } = this.settings;
    const options = {
      clientId,
      clean: cleanSession,
      ...(this.settings.protocolVersion === 5 ? { properties: sessionProperties(this.settings) } : {}),
    };
    const link = new Link(this.settings, options, (socket) => this.#wrap(socket));
    link.on('up', (client) => {
      this.#leftovers.connected(client);
      for (const entry of this.#filters.all) {
        if (entry.granted || !entry.registered) continue;
        own(this.#asking.subscribe(client, entry, wantsRetained(entry)), (error) => {
          this.tell(error);
          for (const route of entry.routes) route.problem(error);
        });
      }
    });
    link.on('down', () => {
      this.#stream = undefined;
      this.#ledger.disconnected();
    });
    return link;
  }

  #wrap(socket: Duplex): InboundStream {
    const { protocolVersion, maximumPacketSize } = this.settings;
    const stream = new InboundStream(socket, protocolVersion, maximumPacketSize, {
      connected: (sessionPresent) => this.#connected(sessionPresent),
      published: (packet) => this.#published(packet),
      released: (packetId) => this.#ledger.released(packetId),
      oversized: (packet, size) => this.#oversized(packet, size),
    });
    this.#stream = stream;
    return stream;
  }

  #connected(sessionPresent: boolean): void {
    this.#ledger.connected(sessionPresent);
    this.#held = false;
    this.#limit();
    const lost = this.#hadSession && !sessionPresent;
    this.#hadSession = !this.settings.cleanSession;
    for (const entry of sessionPresent ? [] : this.#filters.all) {
      entry.granted = false;
      for (const route of entry.routes) route.sessionLost();
    }
    if (lost) {
      const text = `The broker no longer has the session of ${this.settings.clientId}: messages that it kept may be lost. Check its persistence and session expiry.`;
      this.tell(new GridwireError('SESSION_LOST', text, { details: { lost: 'unknown' } }));
    }
  }

  #published(packet: PublishPacket): void {
    const ledger = this.#ledger;
    const entry = ledger.published(packet);
    if (!entry) return;
    const booking = new PacketBooking(ledger, entry, packet, this.settings.clientId, this.#whenAnswered);
    const message = messageOf(packet);
    const held = new HeldMessage(message, packet.subscriptionIds, booking);
    const entries = this.#leftovers.askedFor(held);
    // All shares are made before any is handed over: the last that is settled answers the broker.
    const wanting: Route[] = [];
    const shares: Share[] = [];
    for (const { routes } of entries) {
      for (const route of routes) {
        if (!route.wants(message)) continue;
        wanting.push(route);
        shares.push(held.share());
      }
    }
    const isKept = this.#leftovers.keep(held, entries);
    if (shares.length === 0 && !isKept) held.share().settle('ack');
    for (let index = 0; index < shares.length; index += 1) wanting[index]?.add(shares[index] as Share);
    this.#limit();
  }

  /** Answered, or the broker would send it for ever; on MQTT 5 as one that was not processed. */
  #oversized(packet: PublishPacket, size: number): void {
    const entry = this.#ledger.published(packet);
    if (entry) this.#ledger.settle(entry, NOT_PROCESSED);
    const [topic, limit] = [packet.topic, this.settings.maximumPacketSize];
    const text = `A message on ${topic} has ${size} bytes and this client takes ${limit}; it was passed over and is lost. Raise the largest message in the broker settings, or have it sent in parts.`;
    this.tell(new GridwireError('BODY_TOO_LARGE', text, { details: { topic, size, limit, lost: 1 } }));
  }

  /**
   * Holds the socket while too much is unanswered, which a crash would bring again; Mosquitto 2.0 exceeds its own limit
   * and the receive maximum it was given.
   */
  #limit(): void {
    const { receiveWindow } = this.settings;
    const { unanswered, unsettledBytes } = this.#ledger;
    const used = Math.max(unanswered / receiveWindow, unsettledBytes / RECEIVE_BYTES);
    if (!this.#held && used >= 1) {
      this.#held = true;
      this.#stream?.hold();
    } else if (this.#held && used <= RESUME_AT) {
      this.#held = false;
      this.#stream?.release();
    }
  }

  #remove(entry: FilterEntry, route: Route): void {
    entry.routes.delete(route);
    if (entry.routes.size === 0 && entry.left.size === 0) this.#filters.remove(entry);
  }

  async #close(entry: FilterEntry, route: Route, options: CloseOptions = {}): Promise<void> {
    if (!entry.routes.has(route)) return;
    const { filter } = entry;
    if (options.unsubscribe !== true) {
      entry.routes.delete(route);
      this.#leftovers.left(entry, route);
      return;
    }
    this.#remove(entry, route);
    if (route.identity !== undefined) {
      this.#session.gone(route.identity);
      forgetMemory(this.#address, route.identity, filter);
    }
    this.#leftovers.drop(route.finish(), `nobody subscribes to ${filter} any more`);
    if (this.#filters.find(filter) === undefined) await this.#asking.unsubscribe(this.link.client, [filter]);
  }

  async #finish(entry: FilterEntry): Promise<void> {
    entry.registered = false;
    const client = this.link.client;
    try {
      if (!client) throw new Error('not connected');
      await client.unsubscribeAsync(entry.filter);
    } catch (cause) {
      const text = `The broker did not confirm the end of the subscription to ${entry.filter}.`;
      throw new GridwireError('BROKER_DISCONNECTED', text, { cause });
    }
  }

  /** Leaves everything to the broker until somebody subscribes again. */
  async #rest(): Promise<void> {
    this.#resting = true;
    await this.link.stop();
    this.#ledger = this.#newLedger();
  }

  #newLedger(): Ledger {
    return new Ledger((acknowledgement) => this.#stream?.acknowledge(acknowledgement));
  }
}

function wantsRetained({ routes }: FilterEntry): boolean {
  return [...routes].some((route) => route.wantsRetained);
}
