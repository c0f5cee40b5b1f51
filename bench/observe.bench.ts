import path from 'node:path';
import { closedLoop, type PathUnderTest } from './closed-loop.js';
import type { Bench } from './harness.js';
import { publishPath } from './publish-paths.js';
import { installed } from './report.js';

const LOOP = { inFlight: 100, warmUp: 20_000, messages: 60_000 };
/** Two sides of one run differ by some hundredths after 60,000 messages, even where nothing does: it takes more to see less. */
const TURNS = { ...LOOP, messages: 300_000 };

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
): Promise<number> => 1e6 / (await closedLoop({ ...LOOP, ...bothWays(), settings, env })).cpu;

/** What takes turns within one run; each run gives one figure for either side, and is asked for twice. */
class Turns {
  private readonly on: number[] = [];
  private readonly off: number[] = [];

  constructor(private readonly name: 'metrics' | 'no-traces' | 'nothing') {}

  async figure(side: 'on' | 'off'): Promise<number> {
    if (this[side].length === 0) {
      const turns = path.resolve(__dirname, `turns/${this.name}.cjs`);
      const settings = { gridwire: { metrics: false } };
      const { on = NaN, off = NaN } = await closedLoop({ ...TURNS, ...bothWays(), settings, turns });
      this.on.push(on);
      this.off.push(off);
    }
    return this[side].shift() ?? NaN;
  }
}

const metrics = new Turns('metrics');
const absent = new Turns('no-traces');
const nothing = new Turns('nothing');

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
      ours: { name: 'everything counted', run: () => metrics.figure('on') },
      peer: { name: 'nothing counted', run: () => metrics.figure('off') },
    },
    {
      id: 'observe/no-traces',
      unit: 'msg/cpu-s',
      target: 0.97,
      ours: { name: 'traces asked for, no SDK', run: () => absent.figure('on') },
      peer: { name: 'not asked for', run: () => absent.figure('off') },
    },
    {
      id: 'observe/nothing',
      unit: 'msg/cpu-s',
      // The same against the same: how far it is from 1 is how far the figures above can be trusted.
      target: 0,
      ours: { name: 'a turn', run: () => nothing.figure('on') },
      peer: { name: 'the next one', run: () => nothing.figure('off') },
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
