import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { MqttBroker } from '../../../../src/brokers/mqtt/mqtt-broker.js';
import { startMosquitto, type CrashableMosquitto } from '../../../support/mosquitto.js';
import { until } from '../../../support/wait.js';

const file = path.resolve(__dirname, '../../../../docs/broker-settings/mosquitto.conf');

describe('docs/broker-settings/mosquitto.conf', function () {
  this.timeout(30_000);
  let mosquitto: CrashableMosquitto | undefined;
  const brokers: MqttBroker[] = [];

  before(async function () {
    const config = [
      ...readFileSync(file, 'utf8').split('\n'),
      'allow_anonymous true',
      'persistence_location {dir}/',
    ];
    mosquitto = await startMosquitto(this, { config });
  });
  after(async () => {
    await Promise.all(brokers.map((broker) => broker.disconnect()));
    await mosquitto?.stop();
  });

  async function connected(clientId: string, protocolVersion: 4 | 5 = 4): Promise<MqttBroker> {
    const reconnect = { minimum: 20, maximum: 100 };
    const broker = new MqttBroker({
      host: '127.0.0.1',
      port: mosquitto?.port ?? 0,
      clientId,
      protocolVersion,
      reconnect,
    });
    brokers.push(broker);
    await broker.connect();
    return broker;
  }

  const message = (text: string | Buffer, qos: 1 | 2 = 1) => ({
    topic: 't',
    body: Buffer.from(text),
    qos,
    retain: false,
    headers: {},
  });

  it('keeps more than the default 1,000 messages for who is away, through a crash of the broker', async () => {
    const away = await connected('away');
    await away.subscribe('t', (delivery) => delivery.settle('ack'));
    await away.disconnect();
    const producer = await connected('producer');
    const numbers = [...Array(3_000).keys()];
    await Promise.all(numbers.map((number) => producer.publish(message(`${number}`))));
    const published = Date.now();
    const database = path.join(mosquitto?.folder ?? '', 'mosquitto.db');
    await until('the sessions are on disk', () => modified(database) > published, 15_000);
    await mosquitto?.kill();
    await mosquitto?.start();
    const seen: number[] = [];
    const back = await connected('away');
    await back.subscribe('t', (delivery) => {
      seen.push(Number(Buffer.from(delivery.message.body).toString()));
      delivery.settle('ack');
    });
    await until('all have come', () => seen.length >= numbers.length, 10_000);
    assert.deepEqual(seen, numbers);
  });

  it('gives an MQTT 3.1.1 client a window of 200', async () => {
    const consumer = await connected('window');
    let held = 0;
    await consumer.subscribe('t', () => (held += 1), { window: 1_000 });
    const producer = await connected('producer of 300');
    await Promise.all(Array.from({ length: 300 }, () => producer.publish(message('x'))));
    await until('the window is full', () => held === 200);
  });

  it('refuses a message that is too large by an error, on MQTT 5', async () => {
    const producer = await connected('producer of one', 5);
    await assert.rejects(producer.publish(message(Buffer.alloc(1_100_000))), { code: 'BODY_TOO_LARGE' });
  });
});

/** When a file was last written, or 0 if it is not there. */
function modified(name: string): number {
  return statSync(name, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
