/** Reads the topic of its argument, works a moment on each message, says that it is done, and settles it. */
import { setTimeout as delay } from 'node:timers/promises';
import { KafkaBroker } from '../../../../src/brokers/kafka/kafka-broker.js';

const [brokers = '', topic = ''] = process.argv.slice(2);

async function main(): Promise<void> {
  const broker = new KafkaBroker({ brokers: brokers.split(','), clientId: 'reader', sessionTimeout: 6_000 });
  await broker.connect();
  await broker.subscribe(
    topic,
    (delivery) => {
      void delay(20).then(() => {
        process.stdout.write(`${Buffer.from(delivery.message.body).toString()}\n`);
        delivery.settle('ack');
      });
    },
    { from: 'earliest', window: 20 },
  );
}

void main();
