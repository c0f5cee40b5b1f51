import path from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import type { FlowNode } from '../test/support/node-red-admin.js';
import { NodeRedProcess } from '../test/support/node-red-process.js';
import type { Run } from './harness.js';

export interface PathUnderTest {
  /** The nodes under test, on tab `bench`: `path` takes the messages, `last` is done with them. */
  nodes: readonly FlowNode[];
  path: string;
  last: string;
  /** JavaScript of a function node's body that returns message number `n`. */
  message: string;
  /** The topic filter under which all of them must reach the broker; without one nothing leaves Node-RED. */
  filter?: string;
  /** Events that one message of the flow holds; 1 by default. */
  events?: number;
}

export interface ClosedLoop extends PathUnderTest {
  /** How many messages are on their way at any time. */
  inFlight: number;
  /** Messages before the clock starts, and messages it measures. */
  warmUp: number;
  messages: number;
  /** Further settings of Node-RED. */
  settings?: Record<string, unknown>;
  env?: Record<string, string>;
  /** Folder of the package; this one's by default. */
  package?: string;
  /** A module of bench/turns: what it has at work in every other turn of the run is compared with what it has not. */
  turns?: string;
}

interface Figures extends Run {
  /** Microseconds of processor time for an event. */
  cpu: number;
  /** With turns: messages for each second of processor time with and without what takes turns. */
  on?: number;
  off?: number;
}

/**
 * Drives a path of nodes in a fresh Node-RED 5: each message that its last node has completed lets the next one
 * start. A subscriber counts what the broker really got.
 * @returns events per second, and what each has cost
 * @throws Error if an event is missing at the broker
 */
export async function closedLoop(loop: ClosedLoop): Promise<Figures> {
  const total = loop.warmUp + loop.messages;
  const { events = 1 } = loop;
  const counter = loop.filter === undefined ? undefined : await Counter.start(loop.filter, total * events);
  const nodeRed = await NodeRedProcess.start({
    version: '5',
    flows: driverFlow(loop, total),
    ...(loop.env === undefined ? {} : { env: loop.env }),
    ...(loop.package === undefined ? {} : { package: loop.package }),
    settings: { ...loop.settings, nodesDir: [path.join(__dirname, 'nodes')] },
  });
  try {
    const line = await nodeRed.waitForLine(/BENCH (rate|failure)=/, 120_000);
    if (line.includes('failure=')) throw new Error(line);
    await counter?.all();
    const figure = (name: string): number => Number(new RegExp(`${name}=([\\d.]+)`).exec(line)![1]);
    const figures = { rate: figure('rate') * events, cpu: 1e6 / (figure('perCpuSecond') * events) };
    return loop.turns === undefined ? figures : { ...figures, on: figure(' on'), off: figure(' off') };
  } finally {
    await nodeRed.stop();
    await counter?.stop();
  }
}

/** Counts what the broker really got. */
class Counter {
  private arrived = 0;
  private readonly complete: Promise<void>;

  private constructor(
    private readonly client: MqttClient,
    private readonly expected: number,
  ) {
    this.complete = new Promise((resolve) => {
      client.on('message', () => {
        this.arrived += 1;
        if (this.arrived === expected) resolve();
      });
    });
  }

  static async start(filter: string, expected: number): Promise<Counter> {
    const client = await mqtt.connectAsync(brokerUrl());
    const counter = new Counter(client, expected);
    await client.subscribeAsync(filter, { qos: 0 });
    return counter;
  }

  /** @throws Error if some are missing */
  async all(): Promise<void> {
    const complaint = () => `only ${this.arrived} of ${this.expected} events reached the broker`;
    await within(10_000, this.complete, complaint);
  }

  async stop(): Promise<void> {
    await this.client.endAsync(true);
  }
}

/** Where the benchmark's broker listens; `npm run bench` has put it into the environment. */
export function brokerUrl(): string {
  return process.env['GRIDWIRE_MQTT_URL']!;
}

async function within(milliseconds: number, work: Promise<void>, complaint: () => string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(complaint())), milliseconds);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function driverFlow(loop: ClosedLoop, total: number): FlowNode[] {
  return withPlaces([
    { id: 'bench', type: 'tab', label: 'bench' },
    {
      id: 'loop',
      type: 'bench-loop',
      z: 'bench',
      message: loop.message,
      warmUp: loop.warmUp,
      total,
      inFlight: loop.inFlight,
      turns: loop.turns,
      wires: [[loop.path]],
    },
    ...loop.nodes,
    { id: 'completed', type: 'complete', z: 'bench', scope: [loop.last], wires: [['loop']] },
    { id: 'failed', type: 'catch', z: 'bench', scope: null, wires: [['fail']] },
    {
      id: 'fail',
      type: 'function',
      z: 'bench',
      func: "node.warn('BENCH failure=' + msg.error.message);",
      outputs: 0,
      wires: [],
    },
  ]);
}

/** Node-RED takes a node without a place on the workspace for a config node. */
export function withPlaces(nodes: readonly FlowNode[]): FlowNode[] {
  return nodes.map((node) => ('z' in node ? { x: 100, y: 100, ...node } : node));
}
