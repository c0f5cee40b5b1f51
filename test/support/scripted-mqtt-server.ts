import { once } from 'node:events';
import net from 'node:net';
import { generate, parser, type IConnackPacket, type IConnectPacket, type Packet } from 'mqtt-packet';
import { until } from './wait.js';

/** One client's connection, with everything it has sent. */
export class ScriptedConnection {
  readonly received: Packet[] = [];
  connect: IConnectPacket | undefined;

  constructor(
    readonly socket: net.Socket,
    readonly protocolVersion: 4 | 5,
  ) {}

  send(packet: Packet): void {
    this.socket.write(generate(packet, { protocolVersion: this.protocolVersion }));
  }

  publish(messageId: number, text: string, extra: { qos?: 1 | 2; dup?: boolean; topic?: string } = {}): void {
    const { qos = 1, dup = false, topic = 't' } = extra;
    this.send({ cmd: 'publish', topic, payload: text, qos, dup, retain: false, messageId });
  }

  /** The packets of some kinds, in the order they came, as `kind id` or `kind id code`. */
  acknowledgements(): string[] {
    const lines: string[] = [];
    for (const packet of this.received) {
      if (packet.cmd !== 'puback' && packet.cmd !== 'pubrec' && packet.cmd !== 'pubcomp') continue;
      const code = packet.reasonCode ?? 0;
      lines.push(`${packet.cmd} ${packet.messageId}${code === 0 ? '' : ` ${code}`}`);
    }
    return lines;
  }

  drop(): void {
    this.socket.destroy();
  }
}

export interface Script {
  /** The answer to CONNECT; undefined leaves it without one. */
  connack?: (connect: IConnectPacket, serial: number) => Partial<IConnackPacket> | undefined;
  /** The answer to SUBSCRIBE; default grants what is asked; undefined leaves it without one. */
  suback?: (filter: string) => number | undefined;
  /** Whether PUBLISH is acknowledged; default true. */
  puback?: (packet: Packet & { cmd: 'publish' }) => number | undefined;
  /** Whether PINGREQ is answered; default true. */
  pingresp?: () => boolean;
}

/** An MQTT server whose answers the test decides, packet by packet. */
export class ScriptedMqttServer {
  readonly connections: ScriptedConnection[] = [];
  readonly #server = net.createServer((socket) => this.#accept(socket));

  constructor(
    readonly protocolVersion: 4 | 5,
    public script: Script = {},
  ) {}

  get port(): number {
    return (this.#server.address() as net.AddressInfo).port;
  }

  async start(port = 0): Promise<void> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** The connections of the client that owns the session, oldest first. */
  get inbound(): ScriptedConnection[] {
    return this.connections.filter(({ connect }) => connect?.clientId.endsWith('-out') === false);
  }

  get outbound(): ScriptedConnection[] {
    return this.connections.filter(({ connect }) => connect?.clientId.endsWith('-out') === true);
  }

  /** Waits for the given inbound connection (0 is the first) to have subscribed or resumed. */
  async inboundConnection(index: number): Promise<ScriptedConnection> {
    await until(`inbound connection ${index} is up`, () => this.inbound[index] !== undefined);
    return this.inbound[index] as ScriptedConnection;
  }

  async stop(): Promise<void> {
    for (const { socket } of this.connections) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(socket: net.Socket): void {
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    const connection = new ScriptedConnection(socket, this.protocolVersion);
    const reader = parser({ protocolVersion: this.protocolVersion });
    reader.on('packet', (packet: Packet) => this.#answer(connection, packet));
    socket.on('data', (chunk) => reader.parse(chunk));
  }

  #answer(connection: ScriptedConnection, packet: Packet): void {
    connection.received.push(packet);
    if (packet.cmd === 'connect') {
      connection.connect = packet;
      this.connections.push(connection);
      const answer = this.script.connack ? this.script.connack(packet, this.connections.length) : {};
      if (answer)
        connection.send({ cmd: 'connack', returnCode: 0, reasonCode: 0, sessionPresent: false, ...answer });
    } else if (packet.cmd === 'subscribe') {
      const { suback } = this.script;
      const granted = packet.subscriptions.map(({ topic, qos }) => (suback ? suback(topic) : qos));
      if (granted.some((code) => code === undefined)) return;
      connection.send({ cmd: 'suback', granted: granted as number[], messageId: packet.messageId as number });
    } else if (packet.cmd === 'unsubscribe') {
      connection.send({ cmd: 'unsuback', granted: [0], messageId: packet.messageId as number });
    } else if (packet.cmd === 'pingreq') {
      if (this.script.pingresp?.() !== false) connection.send({ cmd: 'pingresp' });
    } else if (packet.cmd === 'publish' && packet.qos > 0) {
      const reasonCode = this.script.puback ? this.script.puback(packet) : 0;
      if (reasonCode === undefined) return;
      const cmd = packet.qos === 1 ? 'puback' : 'pubrec';
      connection.send({ cmd, messageId: packet.messageId as number, reasonCode });
    } else if (packet.cmd === 'pubrel') {
      connection.send({ cmd: 'pubcomp', messageId: packet.messageId as number });
    }
  }
}
