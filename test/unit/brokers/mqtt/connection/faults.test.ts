import assert from 'node:assert/strict';
import { MqttBroker } from '../../../../../src/brokers/mqtt/mqtt-broker.js';
import type { Qos } from '../../../../../src/event.js';
import { startMosquitto, type CrashableMosquitto } from '../../../../support/mosquitto.js';
import { startTcpProxy, type TcpProxy } from '../../../../support/tcp-proxy.js';
import { until } from '../../../../support/wait.js';

const TOTAL = 600;
/** So many messages come between two cuts at least. */
const MORE = 20;

for (const protocolVersion of [4, 5] as const) {
  describe(`MQTT ${protocolVersion === 4 ? '3.1.1' : '5'} under faults (Mosquitto behind a proxy)`, function () {
    this.timeout(30_000);
    let mosquitto: CrashableMosquitto | undefined;
    let port = 0;
    let proxy: TcpProxy;
    let brokers: MqttBroker[];

    before(async function () {
      mosquitto = await startMosquitto(this, {
        config: [
          'allow_anonymous true',
          'max_queued_messages 100000',
          'set_tcp_nodelay true',
          'persistence true',
          'persistence_location {dir}/',
        ],
      });
      port = mosquitto.port;
    });
    after(() => mosquitto?.stop());
    beforeEach(async () => {
      brokers = [];
      proxy = await startTcpProxy({ port });
    });
    afterEach(async () => {
      await Promise.all(brokers.map((broker) => broker.disconnect()));
      await proxy.stop();
    });

    async function connected(clientId: string, port: number): Promise<MqttBroker> {
      const reconnect = { minimum: 5, maximum: 20 };
      const broker = new MqttBroker({ host: '127.0.0.1', port, protocolVersion, clientId, reconnect });
      brokers.push(broker);
      await broker.connect();
      return broker;
    }

    /** As an outbox does: again and again until it is acknowledged. */
    async function publishOne(broker: MqttBroker, topic: string, text: string, qos: Qos = 1): Promise<void> {
      for (;;) {
        try {
          await broker.publish({ topic, body: Buffer.from(text), qos, retain: false, headers: {} });
          return;
        } catch {
          await until('it is back', () => broker.isConnected(), 10_000);
        }
      }
    }

    async function publishAll(broker: MqttBroker, topic: string, qos: Qos): Promise<void> {
      for (let index = 0; index < TOTAL; index += 20) {
        const batch = Array.from({ length: 20 }, (_, offset) => `${index + offset}`);
        await Promise.all(batch.map((text) => publishOne(broker, topic, text, qos)));
      }
    }

    for (const qos of [1, 2] as const) {
      it(`loses nothing of QoS ${qos} in either direction when the socket is cut again and again`, async () => {
        const topic = `cut/${protocolVersion}/${qos}`;
        const consumer = await connected(`in-${topic}`, proxy.port);
        const seen = new Map<number, number>();
        await consumer.subscribe(
          topic,
          (delivery) => {
            const number = Number(Buffer.from(delivery.message.body).toString());
            seen.set(number, (seen.get(number) ?? 0) + 1);
            setTimeout(() => delivery.settle('ack'), Math.random() * 4);
          },
          { qos, window: 50 },
        );
        const producer = await connected(`out-${topic}`, proxy.port);
        let cuts = 0;
        const publishing = publishAll(producer, topic, qos);
        while (seen.size < TOTAL && cuts < 60) {
          const before = seen.size;
          await until('some more have come', () => seen.size >= Math.min(before + MORE, TOTAL), 10_000);
          proxy.cut();
          cuts += 1;
          await until('both are back', () => consumer.state === 'connected' && producer.isConnected());
        }
        await publishing;
        await until('all have come', () => seen.size === TOTAL, 10_000);
        assert.ok(cuts > 0);
      });
    }

    it('delivers what was unsettled to a new process after a kill, and what was settled not again', async () => {
      const topic = `kill/${protocolVersion}`;
      const first = await connected(`in-${topic}`, proxy.port);
      const producer = await connected(`out-${topic}`, port);
      let taken = 0;
      const settled = new Set<string>();
      await first.subscribe(topic, (delivery) => {
        taken += 1;
        if (taken % 2 === 0 || taken > 10) return;
        settled.add(Buffer.from(delivery.message.body).toString());
        delivery.settle('ack');
      });
      await publishAll(producer, topic, 1);
      await until('the first window was taken', () => taken > 10);
      // What a killed process leaves: a connection that breaks, and nobody who settles the rest.
      proxy.refuse();
      await first.disconnect();
      proxy.resume();
      const second = await connected(`in-${topic}`, proxy.port);
      const seen = new Set<string>();
      await second.subscribe(topic, (delivery) => {
        seen.add(Buffer.from(delivery.message.body).toString());
        delivery.settle('ack');
      });
      await until('all have come', () => new Set([...seen, ...settled]).size === TOTAL, 10_000);
    });

    it('notices a network that stalls, and goes on when it is back', async () => {
      const topic = `stall/${protocolVersion}`;
      const broker = new MqttBroker({
        host: '127.0.0.1',
        port: proxy.port,
        protocolVersion,
        clientId: topic,
        keepalive: 1,
        reconnect: { minimum: 5, maximum: 20 },
        connectTimeout: 300,
      });
      brokers.push(broker);
      const seen: string[] = [];
      await broker.connect();
      await broker.subscribe(topic, (delivery) => {
        seen.push(Buffer.from(delivery.message.body).toString());
        delivery.settle('ack');
      });
      proxy.stall();
      const message = { topic, body: Buffer.from('lost'), qos: 1 as const, retain: false, headers: {} };
      await assert.rejects(broker.publish(message), { code: 'BROKER_DISCONNECTED' });
      proxy.resume();
      await publishOne(broker, topic, 'x');
      await until('it came', () => seen.includes('x'));
    });

    it('is told of a lost session when the broker crashes before it has saved it', async () => {
      const topic = `crash/${protocolVersion}`;
      const broker = await connected(topic, port);
      const problems: string[] = [];
      const seen: string[] = [];
      broker.on('problem', ({ code }) => problems.push(code));
      await broker.subscribe(topic, (delivery) => {
        seen.push(delivery.message.topic);
        delivery.settle('ack');
      });
      await mosquitto?.kill();
      await until('it noticed', () => broker.state !== 'connected');
      await mosquitto?.start();
      await until('it is back', () => broker.state === 'connected');
      assert.deepEqual(problems, ['SESSION_LOST']);
      await broker.publish({ topic, body: Buffer.from('x'), qos: 1, retain: false, headers: {} });
      await until('the subscription was renewed', () => seen.length === 1);
    });
  });
}
