import { systemClock } from '../../../clock.js';
import { EventEmitter } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { type Duplex, PassThrough } from 'node:stream';
import { MqttClient, type IClientOptions, type IConnackPacket } from 'mqtt';
import { GridwireError } from '../../../errors.js';
import type { BrokerState } from '../../broker.js';
import { ReconnectDelay } from '../../reconnect-delay.js';
import { connectionFault } from './faults.js';
import { FrameStream } from './frame-stream.js';
import type { ResolvedMqttSettings } from './mqtt-settings.js';
import { AskingIds } from './packet-ids.js';
import { openWebSocket } from './web-socket.js';

/** Connections that break this soon after they came up, this often in a row, are probably pushed out by a twin. */
const SHORT_LIVED = 5_000;
const SHORT_LIVED_LIMIT = 3;

interface LinkEvents {
  state: [state: BrokerState, error?: GridwireError];
  up: [client: MqttClient, connack: IConnackPacket];
  down: [error: GridwireError];
  /** TLS stands on this socket. */
  secured: [socket: unknown];
}

/**
 * Keeps one MQTT connection up. Every attempt gets a client of its own: mqtt.js re-sends from its store, one by one
 * and without the DUP flag, and resubscribes without telling the result, none of which happens when nothing is
 * carried over.
 */
export class Link extends EventEmitter<LinkEvents> {
  #state: BrokerState = 'disconnected';
  #client: MqttClient | undefined;
  #started: Promise<void> | undefined;
  #stopped = Promise.resolve();
  /** Counts the stops, so that a start which waits for one notices the next. */
  #serial = 0;
  #timer: NodeJS.Timeout | undefined;
  #shortLived = 0;
  readonly #delay: ReconnectDelay;
  readonly #address: string;

  /**
   * @param options what differs between the links: client id, session, will, MQTT 5 properties
   * @param wrap puts something between the socket and mqtt.js
   */
  constructor(
    private readonly settings: ResolvedMqttSettings,
    private readonly options: Pick<IClientOptions, 'clientId' | 'clean' | 'will' | 'properties'>,
    private readonly wrap: (socket: Duplex) => Duplex = (socket) => socket,
  ) {
    super();
    this.#delay = new ReconnectDelay(settings.reconnect);
    this.#address = `${settings.host}:${settings.port}`;
  }

  get state(): BrokerState {
    return this.#state;
  }

  /** The client of the present connection, only while it is up. */
  get client(): MqttClient | undefined {
    return this.#state === 'connected' ? this.#client : undefined;
  }

  /** Resolves when the first attempt has ended, one way or the other. */
  start(): Promise<void> {
    this.#started ??= this.#begin();
    return this.#started;
  }

  /** Says goodbye to the broker (no will is sent) and ends the connection; safe to call twice. */
  stop(): Promise<void> {
    if (this.#started) {
      this.#started = undefined;
      this.#serial += 1;
      this.#stopped = this.#end();
    }
    return this.#stopped;
  }

  async #begin(): Promise<void> {
    const serial = this.#serial;
    await this.#stopped;
    if (serial !== this.#serial) return;
    const ended = new Promise<void>((resolve) => {
      const settle = (state: BrokerState) => {
        if (state === 'connecting') return;
        this.off('state', settle);
        resolve();
      };
      this.on('state', settle);
    });
    this.#attempt();
    await ended;
  }

  async #end(): Promise<void> {
    clearTimeout(this.#timer);
    const client = this.#client;
    if (client && this.#state === 'connected') await goodbye(client);
    else client?.end(true);
    if (client && this.#client === client) {
      this.#client = undefined;
      this.emit('down', new GridwireError('BROKER_CLOSED', 'The connection was closed from this side.'));
    }
    this.#become('disconnected');
  }

  /** Ends the present connection, which is of no more use, and lets the next one be made. */
  reset(error: GridwireError): void {
    const stream = this.#client?.stream;
    if (stream instanceof FrameStream) stream.abort(error);
    else stream?.destroy(error);
  }

  #attempt(): void {
    this.#become('connecting');
    let cause: unknown;
    let upAt: number | undefined;
    const client = new MqttClient(() => this.#open((error) => (cause ??= error)), this.#clientOptions());
    this.#client = client;
    // Stays for good: mqtt.js may report an error after the connection has ended.
    client.on('error', (error) => {
      cause ??= error;
      // What could not be read stops mqtt.js from reading on: the connection stands and is deaf.
      if (upAt !== undefined) client.stream.destroy();
    });
    client.on('disconnect', (packet) => (cause ??= { code: packet.reasonCode }));
    client.on('connect', (connack) => {
      if (this.#client !== client) {
        // mqtt.js reads a CONNACK that came just before the end after it, and starts its keepalive timer.
        client.end(true);
        return;
      }
      upAt = systemClock.now();
      this.emit('up', client, connack);
      this.#become('connected');
    });
    client.on('close', () => {
      if (this.#client !== client) return;
      this.#client = undefined;
      this.#ended(this.#reason(cause, upAt), upAt);
      client.end(true);
    });
  }

  #ended(error: GridwireError, upAt: number | undefined): void {
    this.emit('down', error);
    if (!this.#started) return;
    const growing = this.#delay.next(upAt === undefined ? 0 : systemClock.now() - upAt);
    const delay = error.code === 'BROKER_UNAUTHORISED' ? this.settings.reconnect.maximum : growing;
    this.#timer = setTimeout(() => this.#attempt(), delay);
    this.#become('disconnected', error);
  }

  #reason(cause: unknown, upAt: number | undefined): GridwireError {
    if (upAt === undefined) {
      if (cause !== undefined) return this.#fault(cause);
      const { protocolVersion } = this.settings;
      const port = this.#isTls ? 'the port may not speak TLS' : 'the port may expect TLS';
      const version = protocolVersion === 5 ? '; if it does not know MQTT 5, choose MQTT 3.1.1' : '';
      const text = `The broker at ${this.#address} closed the connection without an answer: ${port}${version}.`;
      return new GridwireError('BROKER_PROTOCOL', text, { why: 'hung-up' });
    }
    this.#shortLived = systemClock.now() - upAt < SHORT_LIVED ? this.#shortLived + 1 : 0;
    const reset = resetCode(cause);
    if (cause !== undefined && reset === undefined) return lost(this.#fault(cause));
    const twin =
      this.#shortLived < SHORT_LIVED_LIMIT
        ? ''
        : ` It does so each time soon after connecting: probably another client uses the id "${this.options.clientId}"; give each its own.`;
    return new GridwireError(
      'BROKER_DISCONNECTED',
      `The broker at ${this.#address} closed the connection.${twin}`,
      {
        ...{ cause, details: { address: this.#address, ...(reset === undefined ? {} : { code: reset }) } },
        why: twin === '' ? undefined : 'twin',
      },
    );
  }

  get #isTls(): boolean {
    return this.settings.tls !== false;
  }

  #fault(cause: unknown): GridwireError {
    return connectionFault(cause, this.#address, this.#isTls);
  }

  #open(failed: (error: Error) => void): Duplex {
    let socket: Duplex;
    try {
      socket = this.#openSocket();
    } catch (thrown) {
      // A key, a certificate or a passphrase that cannot be used is refused before there is a socket.
      const error = thrown as Error;
      failed(error);
      return new PassThrough({ construct: (done) => done(error) });
    }
    socket.on('error', failed);
    return this.wrap(socket);
  }

  #openSocket(): Duplex {
    const { host, port, webSocket, maximumPacketSize, connectTimeout } = this.settings;
    if (webSocket !== undefined) {
      const address = { host, port, path: webSocket, tls: this.settings.tls };
      return openWebSocket(address, maximumPacketSize, connectTimeout, (under) =>
        this.emit('secured', under),
      );
    }
    const socket = this.settings.tls === false ? net.connect({ host, port }) : this.#openTls();
    // Acknowledgements are small; held back by Nagle's algorithm they wait for the peer's delayed ACK.
    socket.setNoDelay(true);
    return socket;
  }

  #openTls(): tls.TLSSocket {
    const { host, port } = this.settings;
    const options = typeof this.settings.tls === 'object' ? this.settings.tls : {};
    const servername = net.isIP(host) === 0 ? { servername: host } : {};
    const socket = tls.connect({ ...servername, ...options, host, port });
    return socket.once('secureConnect', () => this.emit('secured', socket));
  }

  #clientOptions(): IClientOptions {
    const { protocolVersion, keepalive, connectTimeout, username, password } = this.settings;
    return {
      ...this.options,
      protocolVersion,
      keepalive,
      connectTimeout,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      reconnectPeriod: 0,
      resubscribe: false,
      messageIdProvider: new AskingIds(),
      // Even when nobody listens mqtt.js's log costs a fifth of what is allocated for a message.
      ...(process.env['DEBUG'] === undefined ? { log: silent } : {}),
    };
  }

  #become(state: BrokerState, error?: GridwireError): void {
    if (this.#state === state && error === undefined) return;
    this.#state = state;
    if (error === undefined) this.emit('state', state);
    else this.emit('state', state, error);
  }
}

function silent(): void {
  // Asked for by DEBUG, mqtt.js's own log takes this place.
}

/** Where the peer closed the socket without reading all that was sent to it: what the system calls that. */
function resetCode(cause: unknown): string | undefined {
  const code = (cause as { code?: unknown } | undefined)?.code;
  return code === 'ECONNRESET' || code === 'EPIPE' ? code : undefined;
}

/** A connection that was up and broke is "disconnected", whatever the socket's words for it. */
function lost(error: GridwireError): GridwireError {
  if (error.code !== 'BROKER_UNREACHABLE') return error;
  const text = error.message.replace('cannot be reached', 'was lost');
  return new GridwireError('BROKER_DISCONNECTED', text, { cause: error.cause, details: error.details });
}

/** DISCONNECT after all that was written before it; by force when the broker does not take it. */
function goodbye(client: MqttClient): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => client.stream.destroy(), 1_000);
    const closed = () => {
      clearTimeout(force);
      resolve();
    };
    if (client.stream.destroyed) {
      closed();
      return;
    }
    client.stream.once('close', closed);
    client.end(false);
  });
}
