import path from 'node:path';
import { NodeRedProcess, type NodeRedOptions } from '../test/support/node-red-process.js';
import type { Bench, Run } from './harness.js';
import { processorMs, residentMiB } from './process-usage.js';
import { installed } from './report.js';

/** What one start has taken until its flows have started. */
interface Start {
  /** Processor time, milliseconds: other work on the machine does not bend it. */
  ms: number;
  /** Resident memory, MiB. */
  mib: number;
}

const QUICK_START = path.resolve(__dirname, '../examples/quick-start.json');

async function start(options: NodeRedOptions): Promise<Start> {
  const nodeRed = await NodeRedProcess.start({ version: '5', ...options });
  try {
    return { ms: processorMs(nodeRed.pid), mib: residentMiB(nodeRed.pid) };
  } finally {
    await nodeRed.stop();
  }
}

/** A start with the package after one without it, and by how much the first took more. */
async function withPackage(options: NodeRedOptions): Promise<Run> {
  const without = await start({ bare: true });
  const { ms, mib } = await start(options);
  return { rate: 1000 / ms, figures: { ms: ms - without.ms, mib: mib - without.mib } };
}

const peer = {
  name: 'Node-RED without the package',
  run: async () => 1000 / (await start({ bare: true })).ms,
};

const bench: Bench = {
  description:
    'Starts of Node-RED per second of processor time, with the package installed, against one without it.',
  needs: [],
  software: () => [`Node-RED ${installed('node-red')}`],
  comparisons: () => [
    {
      ...{ id: 'startup/unused', unit: 'starts/s', target: 0.9, peer },
      ours: { name: 'installed, and no node of it in use', run: () => withPackage({}) },
      bounds: [
        { name: 'ms', unit: 'ms of processor time more', below: 150 },
        { name: 'mib', unit: 'MiB of memory more', below: 25 },
      ],
    },
    {
      ...{ id: 'startup/quick-start', unit: 'starts/s', target: 0.4, peer },
      ours: { name: 'with the quick-start flow', run: () => withPackage({ flows: QUICK_START }) },
    },
  ],
};

export default bench;
