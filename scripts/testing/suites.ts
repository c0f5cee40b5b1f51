import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { ServiceName } from '../services/index.js';

/** A folder of tests, and what it takes to run it. */
export interface Suite {
  readonly name: string;
  readonly folder: string;
  /** Without one of these the suite is skipped. */
  readonly needs: readonly ServiceName[];
  /** Tests that use one of these skip themselves when its address is not in the environment. */
  readonly uses: readonly ServiceName[];
  /** The Node-RED versions it runs on, one run each; the tests read `GRIDWIRE_NODE_RED`. */
  readonly nodeRed: readonly ('5' | '4')[];
  /**
   * Tests of what is the same whatever the version: brokers, formats, several processes, documents. They run on the first
   * version only, so that all of it stays within an hour.
   */
  readonly once?: readonly string[];
  /**
   * Runs of neighbouring suites with the same word here go side by side where there are cores for it. Not for suites whose
   * tests hold real services to bounds of real time.
   */
  readonly beside?: string;
  readonly testTimeoutMs: number;
  readonly suiteTimeoutMs: number;
}

const MINUTE = 60_000;

const SUITES: readonly Suite[] = [
  {
    name: 'unit',
    folder: 'test/unit',
    needs: [],
    uses: ['postgresql'],
    nodeRed: [],
    beside: 'core',
    testTimeoutMs: 20_000,
    suiteTimeoutMs: 12 * MINUTE,
  },
  {
    name: 'simulation',
    folder: 'test/simulation',
    needs: [],
    uses: [],
    nodeRed: [],
    beside: 'core',
    testTimeoutMs: 8 * MINUTE,
    suiteTimeoutMs: 10 * MINUTE,
  },
  {
    name: 'flow',
    folder: 'test/flow',
    needs: [],
    uses: [],
    nodeRed: ['5', '4'],
    beside: 'core',
    testTimeoutMs: 20_000,
    suiteTimeoutMs: 10 * MINUTE,
  },
  {
    name: 'system',
    folder: 'test/system',
    needs: ['mosquitto'],
    uses: ['postgresql', 'kafka'],
    nodeRed: ['5', '4'],
    testTimeoutMs: 2 * MINUTE,
    suiteTimeoutMs: 32 * MINUTE,
    once: [
      ...[
        'cloudevents',
        'connection-trial',
        'every-dialect',
        'fuzz',
        'hostile-device',
        'nodes-fidelity',
        'start-unused',
        'trust',
      ],
      ...['ecogrid-kafka', 'kafka-letters', 'kafka-outage', 'kafka-services', 'kafka-status'],
      ...['nothing-lost/faults', 'nothing-lost/living-instance', 'nothing-lost/one-row'],
      ...['nothing-lost/orphans', 'nothing-lost/soak'],
      ...['observe/kafka-hangs', 'observe/mqtt-hangs'],
      ...['partitions/*', 'services/*'],
    ],
  },
  {
    name: 'editor',
    folder: 'test/editor',
    needs: ['chromium'],
    uses: ['mosquitto'],
    nodeRed: ['5', '4'],
    beside: 'editor',
    testTimeoutMs: MINUTE,
    suiteTimeoutMs: 25 * MINUTE,
    once: [
      ...[
        'asyncapi-export',
        'battery-panels',
        'connection-trial',
        'devices-sidebar',
        'foreign-page',
        'grid-sidebar',
        'grid-studies',
        'hostile-flow',
        'kafka-panels',
      ],
      ...['history', 'languages', 'live-flood', 'live-stream', 'no-markup', 'readable', 'sidebar-readable'],
    ],
  },
];

/** One run of mocha: a suite on one Node-RED version, or on none. */
export interface Run {
  readonly suite: Suite;
  readonly label: string;
  readonly nodeRed: '5' | '4' | undefined;
  /** Globs of tests left out of this run. */
  readonly ignore: readonly string[];
}

/**
 * The runs to do, in order. A suite without a test file is not listed.
 * @param only names given on the command line; empty means all
 * @throws Error for a name that is no suite
 */
export function plannedRuns(root: string, only: readonly string[]): Run[] {
  const unknown = only.find((name) => !SUITES.some((suite) => suite.name === name));
  if (unknown !== undefined) {
    const names = SUITES.map((suite) => suite.name).join(', ');
    throw new Error(`There is no suite "${unknown}"; there are ${names}.`);
  }
  return SUITES.filter((suite) => only.length === 0 || only.includes(suite.name))
    .filter((suite) => hasTests(path.join(root, suite.folder)))
    .flatMap((suite) => runsOf(root, suite));
}

/** The runs in order, those that may go side by side together. */
export function groupsOf(runs: readonly Run[]): Run[][] {
  const groups: Run[][] = [];
  for (const run of runs) {
    const last = groups.at(-1);
    const word = run.suite.beside;
    if (word !== undefined && last?.[0]?.suite.beside === word) last.push(run);
    else groups.push([run]);
  }
  return groups;
}

function runsOf(root: string, suite: Suite): Run[] {
  if (suite.nodeRed.length === 0) return [{ suite, label: suite.name, nodeRed: undefined, ignore: [] }];
  return suite.nodeRed.map((nodeRed, index) => ({
    suite,
    label: `${suite.name} (Node-RED ${nodeRed === '4' ? '4.1' : nodeRed})`,
    nodeRed,
    ignore: index === 0 ? [] : [...withoutNodeRed(root, suite), ...onceOnly(suite)],
  }));
}

function onceOnly({ folder, once = [] }: Suite): string[] {
  return once.map((name) => `${folder}/${name}.test.ts`);
}

/** Tests that mirror a folder of src/ know no Node-RED, so running them once is enough. */
function withoutNodeRed(root: string, suite: Suite): string[] {
  return readdirSync(path.join(root, 'src'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${suite.folder}/${entry.name}/**`);
}

function hasTests(folder: string): boolean {
  if (!existsSync(folder)) return false;
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).some((file) => file.endsWith('.test.ts'));
}
