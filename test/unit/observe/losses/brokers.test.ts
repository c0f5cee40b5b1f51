import assert from 'node:assert/strict';
import type { Broker } from '../../../../src/brokers/broker.js';
import { tellBrokerFacts } from '../../../../src/brokers/broker-facts.js';
import { MemoryBroker } from '../../../../src/brokers/memory/memory-broker.js';
import { MqttBroker } from '../../../../src/brokers/mqtt/mqtt-broker.js';
import type { MqttSettings } from '../../../../src/brokers/mqtt/connection/mqtt-settings.js';
import { record } from '../../../../src/brokers/recording.js';
import type { WireMessage } from '../../../../src/event.js';
import { type CrashableMosquitto, startMosquitto } from '../../../support/mosquitto.js';
import { until } from '../../../support/wait.js';
import { shownLosses } from '../../../support/shown-losses.js';

const message = (more: Partial<WireMessage> = {}): WireMessage => ({
  ...{ topic: 't', body: Buffer.from('x'), qos: 1, retain: false, headers: {} },
  ...more,
});

const open: (() => Promise<void>)[] = [];

/** Connects a broker that is watched, and ends it after the test. */
async function watched<Kind extends Broker>(broker: Kind): Promise<Kind> {
  const place = { node: 'site broker', broker: 'site broker', system: broker.kind };
  const untell = tellBrokerFacts(broker, place, () => true);
  open.push(async () => {
    await broker.disconnect();
    untell();
  });
  await broker.connect();
  return broker;
}

async function closeAll(): Promise<void> {
  for (const close of open.splice(0).reverse()) await close();
}

describe('losses in the memory broker', () => {
  const { shown } = shownLosses();
  afterEach(closeAll);

  it('L13 a QoS 0 message for a subscription that is full', async () => {
    const broker = await watched(new MemoryBroker({ queueLimit: 2 }));
    await broker.subscribe('t', () => undefined, { window: 1 });
    for (let count = 0; count < 5; count += 1) await broker.publish(message({ qos: 0 }));
    await shown('events-lost BROKER_QUOTA', 3);
  });

  it('L14 a message that expires before it is delivered', async () => {
    const broker = await watched(new MemoryBroker({ latency: 50 }));
    await broker.subscribe('t', () => undefined);
    await broker.publish(message({ expiresAt: Date.now() + 10 }));
    await shown('events-expired EVENT_EXPIRED', 1);
  });

  it('L15 the oldest message of a pull channel that nobody consumes', async () => {
    const broker = await watched(new MemoryBroker());
    await broker.openChannel('t', { capacity: 2 });
    for (let count = 0; count < 5; count += 1) await broker.publish(message());
    await shown('events-lost BROKER_QUOTA', 3);
  });

  it('L16 what is left in a pull channel when its last holder closes it', async () => {
    const broker = await watched(new MemoryBroker());
    const channel = await broker.openChannel('t', {});
    await broker.publish(message());
    await new Promise(setImmediate);
    await channel.close();
    await shown('events-lost BROKER_CLOSED', 1);
  });

  it('L17 a message beyond the limit of a recording', async () => {
    const broker = await watched(new MemoryBroker());
    const recording = await record(broker, 't', 1);
    for (let count = 0; count < 3; count += 1) await broker.publish(message());
    await shown('events-lost BROKER_QUOTA', 2);
    await recording.stop();
  });
});

describe('losses at Mosquitto', function () {
  this.timeout(60_000);
  const { shown } = shownLosses();
  let mosquitto: CrashableMosquitto | undefined;
  before(async function () {
    const config = ['allow_anonymous true', 'sys_interval 1', 'max_queued_messages 10'];
    mosquitto = await startMosquitto(this, { config });
  });
  afterEach(closeAll);
  after(() => mosquitto?.stop());

  function mqtt(clientId: string, more: Partial<MqttSettings> = {}): Promise<MqttBroker> {
    const settings = { host: '127.0.0.1', port: mosquitto?.port ?? 0, protocolVersion: 5 as const, clientId };
    const reconnect = { minimum: 20, maximum: 100 };
    return watched(new MqttBroker({ ...settings, reconnect, ...more }));
  }

  it('L18 messages that the broker dropped for a session that nobody reads', async () => {
    const away = await mqtt('away', { cleanSession: false });
    await away.subscribe('dropped', (delivery) => delivery.settle('ack'));
    await away.disconnect();
    const broker = await mqtt('sender');
    // Its first count is what was lost before this process came.
    const isCounted = async (): Promise<boolean> =>
      (await broker.check()).some(({ subject, judgement }) => subject === 'drops' && judgement !== 'unknown');
    await until('the broker has said its count', isCounted, 10_000);
    for (let count = 0; count < 25; count += 1) await broker.publish(message({ topic: 'dropped' }));
    await shown('events-lost BROKER_DROPPED', 15);
  });

  it('L19 a message that is larger than this client takes', async () => {
    const small = await mqtt('small', { protocolVersion: 4, maximumPacketSize: 1_000 });
    await small.subscribe('large', (delivery) => delivery.settle('ack'));
    const broker = await mqtt('sender of one');
    await broker.publish(message({ topic: 'large', body: Buffer.alloc(5_000) }));
    await shown('events-lost BODY_TOO_LARGE', 1);
  });

  it('L20 what the broker kept for a session that it no longer has', async () => {
    const broker = await mqtt('loses', { cleanSession: false });
    await broker.subscribe('kept', (delivery) => delivery.settle('ack'));
    await mosquitto?.kill();
    await mosquitto?.start();
    const { text } = await shown('events-lost SESSION_LOST');
    assert.match(text, /nobody can say how many/);
  });

  it('L21 what waits here of a subscription that is ended for good', async () => {
    const broker = await mqtt('ended');
    const subscription = await broker.subscribe('ended', () => undefined, { window: 1 });
    let marks = 0;
    await broker.subscribe('mark', (delivery) => {
      marks += 1;
      delivery.settle('ack');
    });
    const sender = await mqtt('sender of three');
    for (let count = 0; count < 3; count += 1) await sender.publish(message({ topic: 'ended' }));
    await sender.publish(message({ topic: 'mark' }));
    // It comes behind the three.
    await until('all have come', () => marks === 1);
    await subscription.close({ unsubscribe: true });
    await shown('events-lost SESSION_UNCLAIMED', 2);
  });
});
