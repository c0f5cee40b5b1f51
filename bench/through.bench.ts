import type { Bench, Run } from './harness.js';
import { processorMs } from './process-usage.js';
import { installed } from './report.js';
import { coreFlow, gridwireFlow, MOSQUITTO, type ThroughFlow, ThroughPath } from './through-path.js';

const WARM_UP = 20_000;
const MEASURED = 60_000;
const COST = 'cost';

/** Messages per second of Node-RED's processor time, which a busy machine does not bend. */
async function measured(flow: ThroughFlow): Promise<Run> {
  const path = await ThroughPath.start(flow);
  try {
    await path.inStep(WARM_UP);
    const before = processorMs(path.nodeRed.pid);
    await path.inStep(MEASURED);
    const took = processorMs(path.nodeRed.pid) - before;
    return { rate: (1000 * MEASURED) / took, figures: { [COST]: (1000 * took) / MEASURED } };
  } finally {
    await path.stop();
  }
}

const bench: Bench = {
  description: `Messages per second of processor time from Mosquitto through a flow and back, QoS 1: gridwire-subscribe and gridwire-publish, acknowledging after the flow, against mqtt in and mqtt out, which promise nothing. Mosquitto: ${MOSQUITTO.join('; ')}.`,
  needs: ['mosquitto'],
  software: () => [`Node-RED ${installed('node-red')}`, `mqtt ${installed('mqtt')}`],
  comparisons: () => [
    {
      ...{ id: 'through/core-cpu', unit: 'msg/s', target: 0.8 },
      ours: { name: 'gridwire-subscribe, function, gridwire-publish', run: () => measured(gridwireFlow) },
      peer: { name: 'mqtt in, function, mqtt out', run: () => measured(coreFlow) },
      bounds: [{ name: COST, unit: 'microseconds of processor time a message', below: 70 }],
    },
  ],
};

export default bench;
