import { BENTO_VERSION } from '../scripts/services/bento/bento.js';
import { type Bench, PROCESSOR_UNIT, processorRun, type Run } from './harness.js';
import { installed } from './report.js';
import { bentoChecked, core, gridwire, gridwireChecked, type ThroughSystem } from './through/flows.js';
import { MOSQUITTO, throughCost } from './through/path.js';

const MEASURED = 60_000;
const COST = 'cost';

/** Messages per second of the system's processor time, which a busy machine does not bend. */
async function measured(start: ThroughSystem): Promise<Run> {
  const cost = await throughCost(start, MEASURED);
  return { ...processorRun(cost), figures: { [COST]: cost } };
}

const bench: Bench = {
  description: `Messages per second of processor time from Mosquitto through a flow and back, QoS 1: gridwire-subscribe and gridwire-publish, acknowledging after the flow, against mqtt in and mqtt out, which promise nothing, and with a schema check against Bento, which acknowledges after its output as we do. Mosquitto: ${MOSQUITTO.join('; ')}.`,
  needs: ['mosquitto'],
  software: () => [
    `Node-RED ${installed('node-red')}`,
    `mqtt ${installed('mqtt')}`,
    `Bento ${BENTO_VERSION}`,
  ],
  comparisons: () => [
    {
      ...{ id: 'through/core-cpu', unit: PROCESSOR_UNIT, target: 0.8 },
      ours: { name: 'gridwire-subscribe, function, gridwire-publish', run: () => measured(gridwire()) },
      peer: { name: 'mqtt in, function, mqtt out', run: () => measured(core) },
      bounds: [{ name: COST, unit: 'microseconds of processor time a message', below: 70 }],
    },
    {
      ...{ id: 'through/bento-cpu', unit: PROCESSOR_UNIT, target: 1 },
      ours: {
        name: 'gridwire-subscribe, function, gridwire-validate, gridwire-publish',
        run: () => measured(gridwireChecked),
      },
      peer: {
        name: 'Bento: mqtt, mapping, json_schema, mqtt',
        run: async () => measured(bentoChecked()),
      },
    },
  ],
};

export default bench;
