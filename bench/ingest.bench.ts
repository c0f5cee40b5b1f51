import type { Bench } from './harness.js';
import { pipelineRun } from './ingest/pipeline-run.js';

/** gridwire-ingest and gridwire-publish as a user has them, with more events in hand than the default of 100. */
const WINDOW = 500;

async function rate(run: Parameters<typeof pipelineRun>[1]): Promise<number> {
  return (await pipelineRun(process.env['GRIDWIRE_KAFKA_BROKERS']!, run)).rate;
}

const bench: Bench = {
  description:
    'Events per second from Mosquitto (QoS 1) to Kafka (acks all), each acknowledged to Mosquitto when Kafka has it, nothing lost, in order per device: in a window against one at a time, the same flow in Node-RED 5.',
  needs: ['kafka'],
  software: () => [],
  comparisons: () => [
    {
      id: 'ingest/kafka',
      unit: 'msg/s',
      target: 5,
      ours: {
        name: `window of ${WINDOW}`,
        run: () => rate({ window: WINDOW, warmUp: 20_000, messages: 60_000 }),
      },
      peer: {
        // What would only slow a single event down is off.
        name: 'one at a time, no linger, no compression',
        run: () =>
          rate({ window: 1, kafka: { linger: '0', compression: 'none' }, warmUp: 500, messages: 3_000 }),
      },
    },
  ],
};

export default bench;
