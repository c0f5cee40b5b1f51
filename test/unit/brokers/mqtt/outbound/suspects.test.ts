import assert from 'node:assert/strict';
import { MqttBroker } from '../../../../../src/brokers/mqtt/mqtt-broker.js';
import { Outbox } from '../../../../../src/delivery/outbound/outbox.js';
import type { GridwireError } from '../../../../../src/errors.js';
import type { WireMessage } from '../../../../../src/event.js';
import { type CrashableMosquitto, startMosquitto } from '../../../../support/mosquitto.js';
import { ScriptedMqttServer } from '../../../../support/scripted-mqtt-server.js';
import { startTcpProxy, type TcpProxy } from '../../../../support/tcp-proxy.js';
import { until } from '../../../../support/wait.js';

const LIMIT = 10_000;

function message(topic: string, body: string | Buffer, qos: 1 | 2 = 1): WireMessage {
  return { topic, body: Buffer.from(body), qos, retain: false, headers: {} };
}

const oversized = (topic: string): WireMessage => message(topic, Buffer.alloc(2 * LIMIT));

/** How each event ended: `ok`, or its error. */
async function ends(sent: Promise<unknown>[]): Promise<(string | GridwireError)[]> {
  return Promise.all(
    sent.map((each) =>
      each.then(
        () => 'ok',
        (error: unknown) => error as GridwireError,
      ),
    ),
  );
}

describe('a message at which the broker ends the connection', function () {
  this.timeout(60_000);
  let brokers: MqttBroker[] = [];
  let outboxes: Outbox[] = [];

  async function outbox(port: number, protocolVersion: 4 | 5 = 4, broker?: MqttBroker): Promise<Outbox> {
    const reconnect = { minimum: 5, maximum: 20 };
    const used = broker ?? new MqttBroker({ host: '127.0.0.1', port, protocolVersion, reconnect });
    if (broker === undefined) {
      brokers.push(used);
      await used.connect();
    }
    const made = new Outbox(used);
    outboxes.push(made);
    return made;
  }

  afterEach(async () => {
    for (const each of outboxes) each.close();
    await Promise.all(brokers.map((broker) => broker.disconnect()));
    [brokers, outboxes] = [[], []];
  });

  describe('Mosquitto', () => {
    let mosquitto: CrashableMosquitto | undefined;
    afterEach(() => mosquitto?.stop());

    const start = async (context: Mocha.Context, limit: string): Promise<number> => {
      mosquitto = await startMosquitto(context, { config: ['allow_anonymous true', limit] });
      return mosquitto.port;
    };

    it('fails alone on MQTT 3.1.1 with max_packet_size; all others arrive, of both QoS', async function () {
      const port = await start(this, `max_packet_size ${LIMIT}`);
      const seen: string[] = [];
      const reader = new MqttBroker({ host: '127.0.0.1', port, reconnect: { minimum: 5, maximum: 20 } });
      brokers.push(reader);
      await reader.connect();
      await reader.subscribe('#', (delivery) => {
        seen.push(Buffer.from(delivery.message.body).toString());
        delivery.settle('ack');
      });
      const sender = await outbox(port);
      const sent = Array.from({ length: 60 }, (_, index) =>
        sender.send(
          index === 20 ? oversized('t/1') : message(`t/${index % 3}`, String(index), index % 2 === 0 ? 1 : 2),
        ),
      );
      const outcome = await ends(sent);
      const [guilty] = outcome.splice(20, 1) as [GridwireError];
      assert.equal(guilty.code, 'BROKER_REFUSED');
      assert.deepEqual(
        [guilty.fault, guilty.details['topic'], guilty.details['bytes'], guilty.details['trials']],
        ['permanent', 't/1', 2 * LIMIT, 3],
      );
      assert.deepEqual([...new Set(outcome)], ['ok']);
      await until('all others have arrived', () => new Set(seen).size === 59);
      await sender.send(message('t/1', 'after it'));
      await assert.rejects(sender.send({ ...oversized('t/9'), qos: 2 }), { code: 'BROKER_REFUSED' });
    });

    it('finds it out among two outboxes on one connection, and blames nobody else', async function () {
      const port = await start(this, `max_packet_size ${LIMIT}`);
      const one = await outbox(port);
      const two = await outbox(port, 4, brokers[0]);
      const bad = one.send(oversized('bad'));
      const good: Promise<unknown>[] = [];
      const trickle = setInterval(() => good.push(two.send(message('good', 'x'))), 3);
      const [outcome] = await ends([bad]);
      clearInterval(trickle);
      assert.equal((outcome as GridwireError).code, 'BROKER_REFUSED');
      assert.deepEqual([...new Set(await ends(good))], ['ok']);
    });

    it('is refused before it is sent on MQTT 5 with max_packet_size, which the broker announces', async function () {
      const port = await start(this, `max_packet_size ${LIMIT}`);
      const sender = await outbox(port, 5);
      await assert.rejects(sender.send(oversized('t')), { code: 'BODY_TOO_LARGE' });
    });

    it('is refused by its acknowledgement on MQTT 5 with message_size_limit', async function () {
      const port = await start(this, `message_size_limit ${LIMIT}`);
      const sender = await outbox(port, 5);
      await assert.rejects(sender.send(oversized('t')), { code: 'BODY_TOO_LARGE' });
    });

    it('costs no connection on MQTT 3.1.1 with message_size_limit, where Mosquitto drops it in silence', async function () {
      const port = await start(this, `message_size_limit ${LIMIT}`);
      const sender = await outbox(port);
      await sender.send(oversized('t'));
      await sender.send(message('t', 'x'));
      assert.equal(brokers[0]?.isConnected(), true);
    });

    it('is not looked for when the network is cut and the broker is killed at random moments', async function () {
      const port = await start(this, 'max_inflight_messages 20');
      const proxy: TcpProxy = await startTcpProxy({ port });
      const sender = await outbox(proxy.port);
      const sent: Promise<unknown>[] = [];
      // One at a time on few topics: the harder case, because whatever is under way is under way alone.
      const trickle = setInterval(() => sent.push(sender.send(message(`t/${sent.length % 2}`, 'x'))), 2);
      for (let cut = 0; cut < 150; cut += 1) {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 30));
        proxy.cut();
      }
      await mosquitto?.kill();
      await mosquitto?.start();
      clearInterval(trickle);
      const outcome = await ends(sent);
      assert.deepEqual([...new Set(outcome)], ['ok'], 'no message may be blamed for an outage');
      await proxy.stop();
    });
  });

  describe('scripted broker', () => {
    let server: ScriptedMqttServer;
    afterEach(() => server.stop());

    const start = async (protocolVersion: 4 | 5, script: ScriptedMqttServer['script']): Promise<void> => {
      server = new ScriptedMqttServer(protocolVersion, script);
      await server.start();
    };
    const connection = () => server.connections.at(-1);

    it('is failed after one trial where the broker names a reason that is about the message', async () => {
      await start(5, {
        puback: ({ topic }) => {
          if (topic !== 'bad') return 0;
          connection()?.send({ cmd: 'disconnect', reasonCode: 0x95 });
          connection()?.socket.end();
          return undefined;
        },
      });
      const sender = await outbox(server.port, 5);
      const sent = ['a', 'bad', 'b'].map((topic) => sender.send(message(topic, 'x')));
      const [a, bad, b] = await ends(sent);
      assert.deepEqual([a, b], ['ok', 'ok']);
      assert.deepEqual(
        [(bad as GridwireError).code, (bad as GridwireError).details['trials']],
        ['BROKER_REFUSED', 1],
      );
    });

    it('is not found in one that a broker takes its time for while it ends every connection early', async () => {
      // Each connection ends 30 ms after it was made, and each acknowledgement takes 50 ms: all that is sent is lost,
      // alone or not, until the broker comes to its senses.
      let ill = true;
      await start(4, {
        connack: () => {
          if (ill) setTimeout(() => connection()?.drop(), 30);
          return {};
        },
        puback: ({ messageId }) => {
          const from = connection();
          setTimeout(() => from?.send({ cmd: 'puback', messageId: messageId as number }), 50);
          return undefined;
        },
      });
      const sender = await outbox(server.port);
      const sent = ['a', 'b', 'c'].map((topic) => sender.send(message(topic, 'x')));
      await until('many connections have ended', () => server.connections.length > 60, 20_000);
      ill = false;
      assert.deepEqual(await ends(sent), ['ok', 'ok', 'ok']);
    });

    it('is not found in one that two clients with one id lose to each other', async () => {
      await start(5, {
        puback: ({ messageId }) => {
          if (server.connections.length > 20) return 0;
          // Taken over before the acknowledgement, each time.
          connection()?.send({ cmd: 'disconnect', reasonCode: 0x8e });
          connection()?.socket.end();
          return messageId === undefined ? 0 : undefined;
        },
      });
      const sender = await outbox(server.port, 5);
      assert.deepEqual(await ends([sender.send(message('a', 'x'))]), ['ok']);
    });
  });
});
