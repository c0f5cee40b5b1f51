import { closedLoop, type PathUnderTest } from './closed-loop.js';
import type { Bench } from './harness.js';
import { publishPath } from './publish-paths.js';
import { installed } from './report.js';

const LOOP = { inFlight: 100, warmUp: 20_000, messages: 60_000 };

/** Each event is published, and received and read by its contract, in one process. */
function bothWays(): PathUnderTest {
  const path = publishPath();
  const subscribe = {
    ...{ id: 'subscribe', type: 'gridwire-subscribe', z: 'bench', broker: 'broker', wires: [[], []] },
    ...{ contract: 'ecogrid-ems', eventType: 'device-telemetry', parameters: [], qos: '1' },
  };
  return { ...path, nodes: [...path.nodes, subscribe] };
}

const perCpuSecond = async (settings: Record<string, unknown>): Promise<number> =>
  (await closedLoop({ ...LOOP, ...bothWays(), settings })).perCpuSecond;

const bench: Bench = {
  description:
    'Events that a second of processor time is enough for, published to Mosquitto and received again by their contract, QoS 1: with metrics against without.',
  needs: ['mosquitto'],
  software: () => [`Node-RED ${installed('node-red')}`],
  comparisons: () => [
    {
      id: 'observe/metrics',
      unit: 'msg/cpu-s',
      target: 0.97,
      ours: { name: 'everything counted', run: () => perCpuSecond({}) },
      peer: {
        name: 'nothing counted, nobody listens',
        run: () => perCpuSecond({ gridwire: { metrics: false } }),
      },
    },
  ],
};

export default bench;
