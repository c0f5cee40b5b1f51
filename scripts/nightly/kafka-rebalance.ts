/**
 * node_modules/.bin/tsx scripts/nightly/kafka-rebalance.ts [seconds]
 * A consumer group on a real Kafka rebalances every 5 seconds, by default for two minutes, while messages are written
 * and read: none may be lost, and the first deliveries of each key keep their order.
 */
import { KafkaBroker } from '../../src/brokers/kafka/kafka-broker.js';
import { churnRun } from '../../test/system/brokers/kafka/churn-run.js';
import { startKafka } from '../services/index.js';

const EVERY = 5_000;
const seconds = Number(process.argv[2] ?? 120);

async function main(): Promise<void> {
  const kafka = await startKafka();
  const brokers: KafkaBroker[] = [];
  const connected = async (clientId: string) => {
    const broker = new KafkaBroker({
      brokers: kafka.brokers.split(','),
      clientId,
      createTopics: { partitions: 4, replicas: 1 },
    });
    broker.on('problem', ({ message }) => console.log(`problem: ${message}`));
    brokers.push(broker);
    await broker.connect();
    return broker;
  };
  const rounds = Math.ceil((seconds * 1000) / EVERY / 2);
  const result = await churnRun(connected, { topic: 'churn', rounds, every: EVERY });
  console.log(JSON.stringify(result));
  await Promise.all(brokers.map((broker) => broker.disconnect()));
  await kafka.stop();
  if (result.lost + result.disordered > 0) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
