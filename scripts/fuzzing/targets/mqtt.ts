import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { generate, parser, type Packet } from 'mqtt-packet';
import { MqttBroker } from '../../../src/brokers/mqtt/mqtt-broker.js';
import type { Chance } from '../generator.js';
import type { Fire, Target } from '../target.js';

const VERSION = 5;
/** Packets of one case, and the pause after it, milliseconds, so that they arrive in it. */
const PACKETS = 6;
const ARRIVE = 2;
/** Bytes that wait for a client that does not read. */
const MOST_WAITING = 65_536;

/** An MQTT server whose clients are our connections: a good one as far as nobody tells it to send something else. */
class Server {
  readonly sockets = new Set<net.Socket>();
  /** What the next client gets instead of a good answer to CONNECT. */
  greeting: Buffer | undefined;
  private readonly server = net.createServer((socket) => this.accept(socket));

  async start(): Promise<number> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return (this.server.address() as net.AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private accept(socket: net.Socket): void {
    socket.setNoDelay(true);
    const reader = parser({ protocolVersion: VERSION });
    const send = (packet: Packet): unknown => socket.write(generate(packet, { protocolVersion: VERSION }));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('data', (chunk) => reader.parse(chunk));
    reader.on('error', () => socket.destroy());
    reader.on('packet', (packet) => {
      if (packet.cmd === 'connect') {
        this.sockets.add(socket);
        const { greeting } = this;
        this.greeting = undefined;
        if (greeting === undefined)
          send({ cmd: 'connack', returnCode: 0, reasonCode: 0, sessionPresent: false });
        else socket.write(greeting);
      } else if (packet.cmd === 'subscribe') {
        const granted = packet.subscriptions.map(({ qos }) => qos);
        send({ cmd: 'suback', granted, messageId: packet.messageId ?? 0 });
      } else if (packet.cmd === 'unsubscribe')
        send({ cmd: 'unsuback', granted: [0], messageId: packet.messageId ?? 0 });
      else if (packet.cmd === 'pingreq') send({ cmd: 'pingresp' });
      else if (packet.cmd === 'publish' && packet.qos > 0)
        send({
          cmd: packet.qos === 1 ? 'puback' : 'pubrec',
          messageId: packet.messageId ?? 0,
          reasonCode: 0,
        });
      else if (packet.cmd === 'pubrel')
        send({ cmd: 'pubcomp', messageId: packet.messageId ?? 0, reasonCode: 0 });
    });
  }
}

async function start(
  bytesOf: (chance: Chance) => Buffer,
  greetingOf?: (chance: Chance) => Buffer | undefined,
): Promise<Fire> {
  const server = new Server();
  const port = await server.start();
  const broker = new MqttBroker({
    ...{ host: '127.0.0.1', port, protocolVersion: VERSION, clientId: 'fuzz', publishTimeout: 200 },
    ...{ reconnect: { minimum: 1, maximum: 5 }, connectTimeout: 1_000 },
  });
  await broker.connect();
  await broker.subscribe('#', (delivery) => delivery.settle('ack'));
  return {
    shoot: async (chance) => {
      server.greeting = greetingOf?.(chance);
      for (let left = chance.int(1, PACKETS); left > 0; left -= 1)
        for (const socket of server.sockets) {
          // Who reads nothing more has its window full: that is right, and what waits for it here is our own memory.
          if (socket.writableLength > MOST_WAITING) socket.destroy();
          else socket.write(bytesOf(chance));
        }
      const message = {
        topic: 't',
        body: chance.bytes(20),
        qos: chance.pick([0, 1, 2] as const),
        headers: {},
      };
      // It may fail as a connection fails; how, is not asked here.
      broker.publish({ ...message, retain: false }).catch(() => undefined);
      await pause(ARRIVE);
    },
    stop: async () => {
      await broker.disconnect();
      await server.stop();
    },
  };
}

const id = (chance: Chance): number => chance.pick([1, 2, 3, 0xffff, chance.int(1, 300)]);

/** A packet that keeps to the protocol; what is in it is hostile. */
function publish(chance: Chance, topic = chance.text(200) || 't'): Packet {
  const user = Object.fromEntries([
    [chance.text(30), chance.is(0.2) ? [chance.text(9), 'b'] : chance.text(30)],
  ]);
  return {
    ...{ cmd: 'publish', topic, payload: chance.bytes(2_000), messageId: id(chance) },
    ...{ qos: chance.pick([0, 1, 2] as const), dup: chance.is(0.2), retain: chance.is(0.2) },
    properties: {
      userProperties: user,
      ...(chance.is(0.3) ? { contentType: chance.text(30) } : {}),
      ...(chance.is(0.3) ? { messageExpiryInterval: chance.pick([0, 1, 0xffffffff]) } : {}),
      ...(chance.is(0.3) ? { correlationData: chance.bytes(20) } : {}),
      ...(chance.is(0.3) ? { responseTopic: 'r' } : {}),
    },
  };
}

function anyPacket(chance: Chance): Packet {
  const messageId = id(chance);
  const reasonCode = chance.pick([0, 0x10, 0x80, 0x91, 0x92, 0x97]);
  const kind = chance.int(0, 9);
  if (kind < 3) return publish(chance, chance.pick(['t', 'a/b', 'x']));
  if (kind === 3) return { cmd: chance.pick(['puback', 'pubrec']), messageId, reasonCode };
  if (kind === 4) return { cmd: chance.pick(['pubrel', 'pubcomp']), messageId, reasonCode: 0 };
  if (kind === 5) return { cmd: 'suback', messageId, granted: [chance.pick([0, 1, 2, 0x80])] };
  if (kind === 6) return { cmd: 'unsuback', messageId, granted: [0] };
  if (kind === 7) return { cmd: 'connack', reasonCode, returnCode: 0, sessionPresent: chance.is(0.5) };
  return kind === 8 ? { cmd: 'pingresp' } : { cmd: 'disconnect', reasonCode };
}

function written(packet: Packet): Buffer {
  return generate(packet, { protocolVersion: VERSION });
}

/** Identifiers of the properties of CONNACK, and what is none. */
const GREETING = [
  0x11, 0x12, 0x13, 0x15, 0x16, 0x1a, 0x1c, 0x1f, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a,
];

/** An answer to CONNECT whose properties come twice, are spoiled, or say what none may. */
function hostileGreeting(chance: Chance): Buffer | undefined {
  if (chance.is(0.5)) return undefined;
  const property = [chance.pick(GREETING), ...Buffer.alloc(4, chance.pick([0, 1, 255]))].slice(
    0,
    chance.int(1, 5),
  );
  const properties = Array.from({ length: chance.int(1, 3) }, () => property).flat();
  const frame = Buffer.from([0x20, properties.length + 3, 0, 0, properties.length, ...properties]);
  return chance.is(0.2) ? chance.changedBytes(frame) : frame;
}

function hostileFrame(chance: Chance): Buffer {
  if (chance.is(0.1)) return chance.bytes(300);
  const frame = written(anyPacket(chance));
  return chance.is(0.6) ? chance.changedBytes(frame) : frame;
}

export const mqttServer: Target = {
  name: 'mqtt-server',
  what: 'a broker: spoiled frames of MQTT on both connections',
  start: () => start(hostileFrame, hostileGreeting),
};

export const mqttClient: Target = {
  name: 'mqtt-client',
  what: 'another client of the broker: hostile messages in frames that keep to the protocol',
  start: () =>
    start((chance) => {
      try {
        return written(publish(chance));
      } catch {
        // Not everything that a text may be can stand in a frame.
        return written({ cmd: 'pingresp' });
      }
    }),
};
