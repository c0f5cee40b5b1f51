import type { Socket } from 'node:net';
import type { IClientSubscribeOptions, MqttClient } from 'mqtt';
import { GridwireError, toGridwireError } from '../../../errors.js';
import { own } from '../../../own.js';
import type {
  BrokerState,
  CloseOptions,
  DeliveryHandler,
  SubscribeOptions,
  Subscription,
} from '../../broker.js';
import { assertFilter } from '../../topic-filter.js';
import { FilterTable, isFor, type FilterEntry } from './filter-table.js';
import { HeldMessage, type Share } from './held-message.js';
import { identityOf, messageOf } from './inbound-message.js';
import { InboundStream } from './inbound-stream.js';
import { Ledger } from './ledger.js';
import { Link } from '../connection/link.js';
import type { ResolvedMqttSettings } from '../connection/mqtt-settings.js';
import type { PublishPacket } from '../connection/publish-packet.js';
import { Route } from './route.js';
import { GRACE, Unclaimed } from './unclaimed.js';

/** The share of the receive window that must be free again before the socket is read on. */
const RESUME_AT = 0.75;

/** The inbound side: owns the session, delivers by subscription, and answers the broker after settlement. */
export class Inbound {
  readonly link: Link;
  readonly #filters = new FilterTable();
  #ledger = this.#newLedger();
  readonly #unclaimed: Unclaimed;
  #stream: InboundStream | undefined;
  #held = false;
  #wanted = false;
  #hadSession = false;
  #resting = false;

  /** @param tell receives what no promise reports */
  constructor(
    private readonly settings: ResolvedMqttSettings,
    private readonly tell: (problem: GridwireError) => void,
    private readonly grace = GRACE,
  ) {
    this.#unclaimed = new Unclaimed(() => this.#giveUp(), grace);
    const { clientId, cleanSession, sessionExpiry, receiveWindow } = settings;
    const properties = {
      receiveMaximum: receiveWindow,
      ...(cleanSession ? {} : { sessionExpiryInterval: sessionExpiry }),
    };
    const options = {
      clientId,
      clean: cleanSession,
      ...(settings.protocolVersion === 5 ? { properties } : {}),
    };
    this.link = new Link(settings, options, (socket) => this.#wrap(socket));
    this.link.on('up', (client) => this.#resubscribe(client));
    this.link.on('down', () => {
      this.#stream = undefined;
      this.#ledger.disconnected();
    });
  }

  /** The state of the connection; undefined while none is wanted. */
  get state(): BrokerState | undefined {
    return this.#resting ? undefined : this.link.state;
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
    const { qos = 1, window = 100, retained = true } = options;
    const entry = this.#filters.find(filter) ?? this.#filters.add(filter, qos);
    const raised = qos > entry.qos;
    if (raised) entry.qos = qos;
    const route = new Route(handler, window, retained, this.tell);
    entry.routes.add(route);
    const isMine = ({ held }: Share) => isFor(filter, held.message.topic, held.subscriptionIds);
    for (const share of this.#unclaimed.claim(filter, isMine)) route.add(share);
    this.#resting = false;
    if (this.#wanted) await this.link.start();
    // Asking again is how MQTT gives a later subscriber the retained values.
    const client = this.link.client;
    if (client && (!entry.granted || raised || retained)) await this.#subscribeNow(client, entry, route);
    entry.registered = true;
    return {
      filter,
      close: (closing) => this.#close(entry, route, closing),
      finish: () => this.#finish(entry),
    };
  }

  /** Ends the connection. The broker keeps what is unsettled, as far as it keeps the session. */
  async stop(): Promise<void> {
    for (const entry of this.#filters.all) {
      for (const route of entry.routes) route.end();
      this.#filters.remove(entry);
    }
    this.#unclaimed.clear();
    await this.link.stop();
  }

  #wrap(socket: Socket): InboundStream {
    const stream = new InboundStream(socket, this.settings.protocolVersion, {
      connected: (sessionPresent) => this.#connected(sessionPresent),
      published: (packet) => this.#published(packet),
      released: (packetId) => this.#ledger.released(packetId),
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
    if (!sessionPresent) for (const entry of this.#filters.all) entry.granted = false;
    if (lost) {
      const text = `The broker no longer has the session of ${this.settings.clientId}: messages that it kept may be lost. Check its persistence and session expiry.`;
      this.tell(new GridwireError('SESSION_LOST', text));
    }
  }

  #published(packet: PublishPacket): void {
    const ledger = this.#ledger;
    const entry = ledger.published(packet);
    if (!entry) return;
    const answer = (reasonCode: number): void => {
      ledger.settle(entry, reasonCode);
      this.#limit();
    };
    const holdsUp = (): number => ledger.holdsUp(entry);
    const identity = (): string | undefined => identityOf(this.settings.clientId, packet);
    const held = new HeldMessage(messageOf(packet), packet.subscriptionIds, answer, holdsUp, identity);
    const routes = this.#filters
      .select(packet.topic, packet.subscriptionIds)
      .flatMap(({ routes }) => [...routes]);
    const wanting = packet.retain ? routes.filter((route) => route.wantsRetained) : routes;
    const shares = wanting.map((route) => [route, held.share()] as const);
    if (routes.length === 0) this.#unclaimed.add([held.share()]);
    else if (shares.length === 0) held.share().settle('ack');
    for (const [route, share] of shares) route.add(share);
    this.#limit();
  }

  /**
   * Holds the socket while too much is unanswered, which a crash would bring again; Mosquitto 2.0 exceeds its own limit
   * and the receive maximum it was given.
   */
  #limit(): void {
    const { receiveWindow } = this.settings;
    if (!this.#held && this.#ledger.unanswered >= receiveWindow) {
      this.#held = true;
      this.#stream?.hold();
    } else if (this.#held && this.#ledger.unanswered <= receiveWindow * RESUME_AT) {
      this.#held = false;
      this.#stream?.release();
    }
  }

  #resubscribe(client: MqttClient): void {
    for (const entry of this.#filters.all) {
      if (entry.granted || !entry.registered) continue;
      this.#ask(client, entry).catch((error: unknown) => this.tell(toGridwireError(error)));
    }
  }

  async #subscribeNow(client: MqttClient, entry: FilterEntry, route: Route): Promise<void> {
    try {
      await this.#ask(client, entry);
    } catch (error) {
      entry.routes.delete(route);
      if (entry.routes.size === 0) this.#filters.remove(entry);
      throw error;
    }
  }

  /** One packet per filter, so that a refusal concerns one. A connection that ends meanwhile is asked again later. */
  #ask(client: MqttClient, entry: FilterEntry): Promise<void> {
    const options: IClientSubscribeOptions = { qos: entry.qos };
    if (this.settings.protocolVersion === 5) {
      options.properties = { subscriptionIdentifier: entry.id };
      options.rh = [...entry.routes].some((route) => route.wantsRetained) ? 0 : 2;
    }
    return new Promise((resolve, reject) => {
      // While the socket is held no answer can be read; the subscription stands all the same.
      const late = setTimeout(resolve, this.settings.connectTimeout);
      client.subscribe(entry.filter, options, (error, granted) => {
        clearTimeout(late);
        const code =
          (error as { packet?: { granted?: number[] } } | null)?.packet?.granted?.[0] ?? granted?.[0]?.qos;
        if (error && code === undefined) resolve();
        else if (code !== undefined && code >= 0x80) reject(refused(entry.filter, code, error));
        else {
          entry.granted = true;
          resolve();
        }
      });
    });
  }

  async #close(entry: FilterEntry, route: Route, options: CloseOptions = {}): Promise<void> {
    if (!entry.routes.delete(route)) return;
    const shares = route.end();
    if (options.unsubscribe !== true) {
      this.#unclaimed.add(shares, entry.filter);
      return;
    }
    for (const share of shares) share.settle('ack');
    if (entry.routes.size === 0) await this.#unsubscribe(entry);
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

  #unsubscribe(entry: FilterEntry): Promise<void> {
    this.#filters.remove(entry);
    return new Promise((resolve) => {
      const client = this.link.client;
      if (client) client.unsubscribe(entry.filter, () => resolve());
      else resolve();
    });
  }

  /**
   * Nobody came back for what waits. If nobody is subscribed at all the broker can keep it, so the connection is
   * ended; otherwise it would block the others and is dropped, visibly.
   */
  #giveUp(): void {
    const entries = this.#filters.all;
    if (!this.settings.cleanSession && entries.every(({ routes }) => routes.size === 0)) {
      own(this.#rest(), this.tell);
      return;
    }
    for (const entry of entries) if (entry.routes.size === 0) own(this.#unsubscribe(entry), this.tell);
    const shares = this.#unclaimed.clear();
    const topic = shares[0]?.held.message.topic ?? '';
    for (const share of shares) share.settle('nack');
    const text = `${shares.length} messages that the broker had kept were dropped, the first on ${topic}: no subscription asked for them within ${this.grace / 1000} s. Subscribe to them, or give this client another id.`;
    this.tell(new GridwireError('SESSION_UNCLAIMED', text, { details: { dropped: shares.length, topic } }));
  }

  /** Leaves everything to the broker until somebody subscribes again. */
  async #rest(): Promise<void> {
    this.#unclaimed.clear();
    this.#resting = true;
    await this.link.stop();
    this.#ledger = this.#newLedger();
  }

  #newLedger(): Ledger {
    return new Ledger((acknowledgement) => this.#stream?.acknowledge(acknowledgement));
  }
}

function refused(filter: string, code: number, cause: unknown): GridwireError {
  const text = `The broker refused the subscription to ${filter} (reason code ${code}); check its access rules.`;
  return new GridwireError('SUBSCRIBE_REFUSED', text, { cause, details: { filter, code } });
}
