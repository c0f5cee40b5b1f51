import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { type GridwireError } from '../../errors.js';
import { own } from '../../own.js';
import type { InboundMessage, WireMessage } from '../../event.js';
import type {
  Broker,
  BrokerCapabilities,
  BrokerEvents,
  BrokerState,
  ChannelOptions,
  ConsumeOptions,
  DeliveryHandler,
  Outlet,
  PublishResult,
  PullChannel,
  SubscribeOptions,
  Subscription,
} from '../broker.js';
import type { Finding } from '../broker-check.js';
import { Presence } from '../presence.js';
import { type Certificate, Certificates } from '../certificates.js';
import { serverPlace } from '../server-place.js';
import { PullChannels } from '../pull/pull-channels.js';
import { DropWatch } from './connection/drop-watch.js';
import { Sessions } from './inbound/sessions.js';
import { Link } from './connection/link.js';
import { checkMqtt } from './connection/mqtt-check.js';
import {
  mqttSettings,
  type MqttSettings,
  type ResolvedMqttSettings,
  type StatusMessage,
} from './connection/mqtt-settings.js';
import { Heartbeat } from './outbound/heartbeat.js';
import { OutboundStream } from './outbound/outbound-stream.js';
import { Publisher } from './outbound/publisher.js';

/** How long the end of a connection waits for answers to what was sent, the farewell included, milliseconds. */
const LAST_ANSWERS = 1_000;

/**
 * An MQTT 3.1.1 or 5 broker. One connection out, and, once something subscribes, others in that own the sessions, so
 * that a flow which is slow to settle never holds up its own publishes.
 */
export class MqttBroker extends EventEmitter<BrokerEvents> implements Broker {
  readonly kind = 'mqtt';
  readonly address: string;
  readonly capabilities: BrokerCapabilities;
  readonly #settings: ResolvedMqttSettings;
  readonly #outbound: Link;
  readonly #publisher: Publisher;
  readonly #watch: DropWatch;
  readonly #certificates: Certificates;
  readonly #heartbeat = new Heartbeat();
  #sessions: Sessions;
  #state: BrokerState = 'disconnected';
  readonly #presence = new Presence(
    () => this.#arrive(),
    () => this.#leave(),
    (problem) => this.#tell(problem),
  );
  readonly #pull = new PullChannels(
    (...parameters) => this.subscribe(...parameters),
    (problem) => this.#tell(problem),
  );

  /** @throws GridwireError `SETTING_INVALID`, `TOPIC_ILLEGAL` */
  constructor(private readonly given: MqttSettings) {
    super();
    this.#settings = mqttSettings(given);
    this.address = serverPlace(`${this.#settings.host}:${this.#settings.port}`);
    const headers = this.#settings.protocolVersion === 5;
    this.capabilities = { headers, retain: true, redelivers: false, log: false };
    this.#watch = new DropWatch(`${this.#settings.host}:${this.#settings.port}`, (problem) =>
      this.#tell(problem),
    );
    this.#certificates = new Certificates(this.#settings.tls);
    this.#outbound = this.#makeOutbound();
    this.#sessions = this.#makeSessions();
    this.#publisher = new Publisher(this.#settings, (error) => this.#outbound.reset(error));
  }

  get state(): BrokerState {
    return this.#state;
  }

  get certificates(): Certificate[] {
    return this.#certificates.all;
  }

  get silentFor(): number | undefined {
    return this.#heartbeat.look();
  }

  isConnected(): boolean {
    return this.#outbound.state === 'connected';
  }

  connect(): Promise<void> {
    return this.#presence.enter();
  }

  disconnect(): Promise<void> {
    return this.#presence.exit();
  }

  async #arrive(): Promise<void> {
    const outbound = this.#settings.inboundOnly ? undefined : this.#outbound.start();
    await Promise.all([outbound, this.#sessions.start()]);
  }

  publish(message: WireMessage): Promise<PublishResult> {
    return this.#publisher.publish(message);
  }

  outlet(changed: () => void): Outlet {
    return this.#publisher.outlets.open(changed);
  }

  subscribe(filter: string, handler: DeliveryHandler, options: SubscribeOptions = {}): Promise<Subscription> {
    if (this.#presence.isWanted) own(this.#sessions.start(), (problem) => this.#tell(problem));
    return this.#sessions.subscribe(filter, handler, options);
  }

  consume(channel: string, options?: ConsumeOptions): Promise<InboundMessage[]> {
    return this.#pull.consume(channel, options);
  }

  openChannel(channel: string, options?: ChannelOptions): Promise<PullChannel> {
    return this.#pull.open(channel, options);
  }

  session(name: string): MqttBroker {
    const { will: _will, birth: _birth, close: _close, ...given } = this.given;
    return new MqttBroker({ ...given, clientId: name, cleanSession: false, inboundOnly: true });
  }

  check(): Promise<Finding[]> {
    return Promise.resolve(checkMqtt(this.#settings, this.#publisher.limits, this.#watch));
  }

  async #leave(): Promise<void> {
    await this.#pull.close();
    const sessions = this.#sessions;
    this.#sessions = this.#makeSessions();
    await sessions.stop();
    // A client that leaves in order gets no will from the broker; whoever watches the topic is to know all the same.
    const { close = this.#settings.will } = this.#settings;
    const over = delay(LAST_ANSWERS, undefined, { ref: false });
    // It waits for room and an answer as all do, but this broker may have neither for a long time.
    if (this.isConnected() && close) await Promise.race([this.#announce(close), over]);
    await Promise.race([this.#publisher.answered(), over]);
    await this.#outbound.stop();
    this.#watch.close();
  }

  #makeOutbound(): Link {
    const { clientId, will, userProperties, protocolVersion } = this.#settings;
    const options = {
      ...{ clientId: `${clientId}-out`, clean: true },
      ...(will === undefined ? {} : { will: willOf(will) }),
      ...(userProperties === undefined || protocolVersion === 4 ? {} : { properties: { userProperties } }),
    };
    const link = new Link(this.#settings, options, (socket) => new OutboundStream(socket, protocolVersion));
    link.on('secured', (socket) => this.#certificates.seen('', socket));
    link.on('up', (client, connack) => {
      const stream = client.stream as unknown as OutboundStream;
      const underWay = this.#publisher.attach(client, stream, connack.properties ?? {});
      this.#heartbeat.attach(client, stream, underWay);
      this.#watch.attach(client);
      if (this.#settings.birth) own(this.#announce(this.#settings.birth), (problem) => this.#tell(problem));
    });
    link.on('down', (error) => {
      this.#heartbeat.detach();
      this.#publisher.detach(error);
    });
    link.on('state', (_state, error) => this.#changed(error));
    return link;
  }

  #makeSessions(): Sessions {
    return new Sessions(
      this.#settings,
      (problem) => this.#tell(problem),
      (error) => this.#changed(error),
    );
  }

  /** Connected when every link that is wanted is up; the first reason for its not being so is told. */
  #changed(error?: GridwireError): void {
    const inbound = this.#sessions.states;
    const states =
      this.#settings.inboundOnly && inbound.length > 0 ? inbound : [this.#outbound.state, ...inbound];
    const state = states.includes('disconnected')
      ? 'disconnected'
      : states.includes('connecting')
        ? 'connecting'
        : 'connected';
    if (this.#state === state && error === undefined) return;
    this.#state = state;
    if (error === undefined) this.emit('state', state);
    else this.emit('state', state, error);
  }

  async #announce(message: StatusMessage): Promise<void> {
    const { topic, qos = 0, retain = false } = message;
    try {
      await this.publish({ topic, body: Buffer.from(message.body), qos, retain, headers: {} });
    } catch (error) {
      this.#tell(error as GridwireError);
    }
  }

  #tell(problem: GridwireError): void {
    this.emit('problem', problem);
  }
}

function willOf({ topic, body, qos = 0, retain = false }: StatusMessage) {
  return { topic, payload: Buffer.from(body), qos, retain };
}
