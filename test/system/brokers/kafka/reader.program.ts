/**
 * Reads the topic of its arguments (servers, topic, session timeout in milliseconds), works a moment on each message,
 * says that it is done, and settles it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { KafkaBroker } from '../../../../src/brokers/kafka/kafka-broker.js';

const [brokers = '', topic = '', session = '6000'] = process.argv.slice(2);

async function main(): Promise<void> {
  const sessionTimeout = Number(session);
  const broker = new KafkaBroker({ brokers: brokers.split(','), clientId: 'reader', sessionTimeout });
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
