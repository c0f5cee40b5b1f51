/**
 * node_modules/.bin/tsx scripts/nightly/soak.ts [minutes] [events a second]
 * Half an hour of events through publish and subscribe nodes, with a store, while broker, network and deploys fail at
 * random: no accepted event may be lost, and the heap must be flat. Run `npm run build` before.
 */
import { soak } from '../../test/system/nothing-lost/soak.js';

const [minutes, rate] = [Number(process.argv[2] ?? 30), Number(process.argv[3] ?? 1_000)];
/** Of the heap's middle, over the second half of the time. */
const MOST_GROWTH = 0.05;

async function main(): Promise<void> {
  console.log('Mosquitto with docs/broker-settings/mosquitto.conf, MQTT 5, QoS 1');
  const context = { skip: () => process.exit(1) } as unknown as Mocha.Context;
  const load = { version: 5, qos: 1, rate, outboxCount: 10_000, store: true } as const;
  const result = await soak(context, load, minutes * 60_000, (line) => console.log(line));
  console.log(JSON.stringify(result));
  const { books, heap, connections, newListeners } = result;
  const flat = heap.growth < heap.mean * MOST_GROWTH;
  if (books.missing > 0 || !flat || connections !== 2 || newListeners.length > 0) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
