import path from 'node:path';
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

const perCpuSecond = async (
  settings: Record<string, unknown>,
  env: Record<string, string> = {},
): Promise<number> => (await closedLoop({ ...LOOP, ...bothWays(), settings, env })).perCpuSecond;

/** Halves of runs whose other half has been asked for. */
const halves: { on: number[]; off: number[] } = { on: [], off: [] };

/** Both sides take turns within one run; each run is asked for twice. */
async function half(side: 'on' | 'off'): Promise<number> {
  if (halves[side].length === 0) {
    const turns = path.resolve(__dirname, '../dist/src/observe/metrics/metrics.js');
    const settings = { gridwire: { metrics: false } };
    const { on = NaN, off = NaN } = await closedLoop({ ...LOOP, ...bothWays(), settings, turns });
    halves.on.push(on);
    halves.off.push(off);
  }
  return halves[side].shift() ?? NaN;
}

/** An SDK that throws every span away: what is measured is the making of them. */
const SDK = { NODE_OPTIONS: `--require ${path.join(__dirname, 'tracing-sdk.cjs')}` };

const bench: Bench = {
  description:
    'Events that a second of processor time is enough for, published to Mosquitto and received again by their contract, QoS 1: with metrics against without, and with traces against without.',
  needs: ['mosquitto'],
  software: () => [`Node-RED ${installed('node-red')}`],
  comparisons: () => [
    {
      id: 'observe/metrics',
      unit: 'msg/cpu-s',
      target: 0.97,
      ours: { name: 'everything counted', run: () => half('on') },
      peer: { name: 'nothing counted', run: () => half('off') },
    },
    {
      id: 'observe/traces',
      unit: 'msg/cpu-s',
      // Stated, not asked for: three spans for each event, and a header more on the wire.
      target: 0,
      ours: { name: 'with an SDK, every event traced', run: () => perCpuSecond({}, SDK) },
      peer: { name: 'without one', run: () => perCpuSecond({}) },
    },
  ],
};

export default bench;
