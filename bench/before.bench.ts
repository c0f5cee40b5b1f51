import { packageAt } from './before/version.js';
import { closedLoop } from './closed-loop.js';
import { type Bench, type Comparison, PROCESSOR_UNIT, processorRun, type Run } from './harness.js';
import { pipelineRun } from './ingest/pipeline-run.js';
import { gridwireIngest } from './ingest/systems.js';
import { overload } from './overload.js';
import { publishPath } from './publish-paths.js';
import { gridwire, gridwireSettling } from './through/flows.js';
import { throughCost } from './through/path.js';

/** The last version before inbox and outbox became machines. */
const COMMIT = process.env['GRIDWIRE_BENCH_BEFORE'] ?? '58e217d';
const OVERLOAD_SECONDS = 20;
const MESSAGES = 60_000;

/** What both versions do, each in a Node-RED of its own. @param folder of the package; this one's by default */
type Path = (folder?: string) => Promise<Run>;

const publish: Path = async (folder) => {
  const loop = { inFlight: 100, warmUp: 20_000, messages: MESSAGES, ...publishPath() };
  const { cpu } = await closedLoop({ ...loop, ...(folder === undefined ? {} : { package: folder }) });
  return processorRun(cpu);
};
const through: Path = async (folder) => processorRun(await throughCost(gridwire(folder), MESSAGES));
const settle: Path = async (folder) => processorRun(await throughCost(gridwireSettling(folder), MESSAGES));
const ingest: Path = async (folder) => {
  const run = { warmUp: 20_000, messages: MESSAGES };
  const kafka = process.env['GRIDWIRE_KAFKA_BROKERS']!;
  return processorRun((await pipelineRun(kafka, gridwireIngest(500, {}, folder), run)).cpu);
};
const held: Path = async (folder) => ({ rate: (await overload(gridwire(folder), OVERLOAD_SECONDS)).held });

function comparison(id: string, unit: string, run: Path): Comparison {
  return {
    ...{ id: `before/${id}`, unit, target: 1 },
    ours: { name: 'now', run: () => run() },
    peer: { name: COMMIT, run: async () => run(packageAt(COMMIT)) },
  };
}

const bench: Bench = {
  description: `This version beside ${COMMIT}, of this repository, in the same paths: events published, Mosquitto through a flow and back, the same with a flow of two milliseconds, devices on MQTT to Kafka, all by processor time; and what is held while twice the peak is sent for ${OVERLOAD_SECONDS} s.`,
  needs: ['mosquitto', 'kafka'],
  software: () => [],
  comparisons: () => [
    comparison('publish-cpu', PROCESSOR_UNIT, publish),
    comparison('through-cpu', PROCESSOR_UNIT, through),
    comparison('settle-cpu', PROCESSOR_UNIT, settle),
    comparison('ingest-cpu', PROCESSOR_UNIT, ingest),
    comparison('overload', 'msg/s', held),
  ],
};

export default bench;
