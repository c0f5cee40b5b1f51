/**
 * node_modules/.bin/tsx scripts/nightly/kafka-ingest.ts [minutes]
 * MQTT to Kafka through the nodes in a real Node-RED, each event settled when Kafka has it, by default for 5 minutes at
 * the rate that it keeps up: none may be lost, the order of each device is kept, and the memory does not grow. Run
 * `npm run build` before.
 */
import { pipelineRun } from '../../bench/ingest/pipeline-run.js';
import { gridwireIngest } from '../../bench/ingest/systems.js';
import { startKafka } from '../services/index.js';

const minutes = Number(process.argv[2] ?? 5);

async function main(): Promise<void> {
  const kafka = await startKafka();
  const result = await pipelineRun(kafka.brokers, gridwireIngest(500), {
    warmUp: 5_000,
    duration: minutes * 60_000,
    progress: (rate, rss) => console.log(`${rate.toFixed(0)} msg/s, Node-RED ${rss.toFixed(0)} MiB`),
  });
  console.log(JSON.stringify(result));
  await kafka.stop();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
