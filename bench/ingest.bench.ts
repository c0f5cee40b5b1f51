import { BENTO_VERSION } from '../scripts/services/bento/bento.js';
import { type Bench, PROCESSOR_UNIT, processorRun, type Run } from './harness.js';
import { pipelineRun, type PipelineRun } from './ingest/pipeline-run.js';
import { bentoIngest, gridwireIngest, type IngestSystem } from './ingest/systems.js';

/** More events in hand than the default of 100. */
const WINDOW = 500;
const RUN = { warmUp: 20_000, messages: 60_000 };

function run(system: IngestSystem, { warmUp, messages }: PipelineRun): ReturnType<typeof pipelineRun> {
  return pipelineRun(process.env['GRIDWIRE_KAFKA_BROKERS']!, system, { warmUp, messages: messages! });
}

async function rate(system: IngestSystem, length: PipelineRun): Promise<Run> {
  const { rate, cpu } = await run(system, length);
  return { rate, cpu };
}

async function byProcessor(system: IngestSystem): Promise<Run> {
  return processorRun((await run(system, RUN)).cpu);
}

const bench: Bench = {
  description:
    'Events per second from Mosquitto (QoS 1) to Kafka (acks all), each acknowledged to Mosquitto when Kafka has it, nothing lost, in order per device: in a window against one at a time, the same flow in Node-RED 5, and by processor time against Bento with the same steps.',
  needs: ['kafka'],
  software: () => [`Bento ${BENTO_VERSION}`],
  comparisons: () => [
    {
      id: 'ingest/kafka',
      unit: 'msg/s',
      target: 5,
      ours: { name: `window of ${WINDOW}`, run: () => rate(gridwireIngest(WINDOW), RUN) },
      peer: {
        // What would only slow a single event down is off.
        name: 'one at a time, no linger, no compression',
        run: () =>
          rate(gridwireIngest(1, { linger: '0', compression: 'none' }), { warmUp: 500, messages: 3_000 }),
      },
    },
    {
      ...{ id: 'ingest/bento-cpu', unit: PROCESSOR_UNIT, target: 1.2 },
      ours: {
        name: 'gridwire-ingest, gridwire-publish, idempotent, gzip',
        run: () => byProcessor(gridwireIngest(WINDOW)),
      },
      peer: {
        name: 'Bento: mqtt, json_schema, mapping, kafka_franz, idempotent, gzip',
        run: async () => byProcessor(bentoIngest()),
      },
    },
  ],
};

export default bench;
