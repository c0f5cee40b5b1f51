import type { Bench } from './harness.js';
import { type Delivery } from '../src/brokers/broker.js';
import { MqttBroker } from '../src/brokers/mqtt/mqtt-broker.js';
import { systemClock } from '../src/clock.js';
import { InboxDriver } from '../src/delivery/inbound/inbox-driver.js';
import { DONE } from '../src/delivery/inbound/work.js';
import { brokerUrl } from './closed-loop.js';

/** What the sink needs for each event, milliseconds. */
const SINK = 2;
const RETRY = { attempts: 1, delay: 0, factor: 1, maximumDelay: 0 };
let runs = 0;

/** Receives that many QoS 1 messages and acknowledges each after the sink. @returns messages per second */
async function rate(window: number, messages: number): Promise<number> {
  runs += 1;
  const topic = `bench/settle/${process.pid}/${runs}`;
  const { hostname, port } = new URL(brokerUrl());
  const settings = { host: hostname, port: Number(port), protocolVersion: 5 as const };
  const [source, sink] = [
    new MqttBroker({ ...settings, protocolVersion: 4 }),
    new MqttBroker({ ...settings, receiveWindow: window }),
  ];
  await Promise.all([source.connect(), sink.connect()]);
  let settled = 0;
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const work = { process: pause, giveUp: () => Promise.resolve(DONE) };
  const settlement = new InboxDriver(
    { clock: systemClock, random: Math.random, work, tell: () => undefined },
    { retry: RETRY, onReceipt: false, holdsAtMost: 0 },
  );
  const counted = (delivery: Delivery): void =>
    settlement.take({
      message: delivery.message,
      holdsUp: () => 0,
      settle: (outcome) => {
        delivery.settle(outcome);
        settled += 1;
        if (settled === messages) finish();
      },
    });
  await sink.subscribe(topic, counted, { qos: 1, window });
  const start = performance.now();
  const message = { topic, body: Buffer.alloc(300), qos: 1, retain: false, headers: {} } as const;
  let sent = 0;
  const publishing = async (): Promise<void> => {
    while ((sent += 1) <= messages) await source.publish(message);
  };
  await Promise.all(Array.from({ length: 200 }, publishing));
  await finished;
  const seconds = (performance.now() - start) / 1000;
  await settlement.close();
  await Promise.all([source.disconnect(), sink.disconnect()]);
  return messages / seconds;
}

function pause(): Promise<typeof DONE> {
  return new Promise((resolve) => setTimeout(() => resolve(DONE), SINK));
}

const bench: Bench = {
  description: `Messages per second from Mosquitto, QoS 1, each acknowledged after a sink of ${SINK} ms: a window of 200 against one at a time.`,
  needs: ['mosquitto'],
  software: () => [],
  comparisons: () => [
    {
      id: 'settle/windowed',
      unit: 'msg/s',
      target: 30,
      ours: { name: 'window of 200', run: () => rate(200, 20_000) },
      peer: { name: 'one at a time', run: () => rate(1, 500) },
    },
  ],
};

export default bench;
