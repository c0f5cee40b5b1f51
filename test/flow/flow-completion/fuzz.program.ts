/**
 * Random flows, by a seed: trees and diamonds of functions that pass on, drop, fail, copy, wait and rebuild messages.
 * Every node reports what it really does, so that what must hold at the settlement is known exactly.
 */
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { startNodeRed, type FlowNode } from '../../support/node-red-runtime.js';
import { TestBench } from './test-nodes.js';

export interface FuzzReport {
  messages: number;
  early: number;
  wrong: string[];
  double: number;
  missing: number;
  remembered: { messages: number; messageIds: number; sources: number };
  faults: number;
}

const NODES_PER_FLOW = 8;
const MESSAGES_PER_FLOW = 250;

/** What the flow has left to do for one message, as the functions themselves report it. */
interface Truth {
  open: number;
  failed: boolean;
  settled: number;
}

export default async function run(argument: unknown): Promise<FuzzReport> {
  const { seeds, sync } = argument as { seeds: number[]; sync: boolean };
  const bench = new TestBench();
  const truths = new Map<string, Truth>();
  const nodeRed = await startNodeRed({
    nodes: (RED) => {
      bench.nodes(RED);
      registerWorker(RED, truths);
    },
    settings: { runtimeSyncDelivery: sync },
  });
  const report: FuzzReport = {
    messages: 0,
    early: 0,
    wrong: [],
    double: 0,
    missing: 0,
    remembered: { messages: 0, messageIds: 0, sources: 0 },
    faults: 0,
  };
  await nodeRed.deploy(seeds.flatMap((seed) => randomFlow(seed)));
  for (let count = 0; count < MESSAGES_PER_FLOW; count += 1) {
    for (const seed of seeds) sendOne(bench, truths, seed, count, report);
    if (count % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await bench.until(() => bench.of('settled').length >= report.messages, 20_000).catch(() => undefined);
  for (const truth of truths.values()) {
    if (truth.settled === 0) report.missing += 1;
    if (truth.settled > 1) report.double += 1;
  }
  report.remembered = bench.completion.remembered();
  report.faults = bench.completion.statistics().faults;
  await nodeRed.stop();
  return report;
}

function sendOne(
  bench: TestBench,
  truths: Map<string, Truth>,
  seed: number,
  count: number,
  report: FuzzReport,
): void {
  const key = `${String(seed)}-${String(count)}`;
  const source = bench.source(`source-${String(seed)}`);
  // Every eighth message is untracked traffic through the same nodes.
  if (count % 8 === 7) {
    truths.set(key, { open: 1, failed: false, settled: 1 });
    source.send({ payload: { key, random: count } });
    return;
  }
  report.messages += 1;
  const truth: Truth = { open: 1, failed: false, settled: 0 };
  truths.set(key, truth);
  const msg = { payload: { key, random: count } };
  bench.completion.track(source, msg, { timeoutMs: 15_000, caughtIs: 'ack' }, ({ outcome }) => {
    truth.settled += 1;
    if (truth.open > 0) report.early += 1;
    const expected = truth.failed ? 'failed' : 'completed';
    if (outcome !== expected) report.wrong.push(`${key}: ${outcome} instead of ${expected}`);
    bench.happened('settled', { at: key });
  });
  source.send(msg);
}

type Act = 'pass' | 'rebuild' | 'drop' | 'fail' | 'twice' | 'later' | 'timer' | 'done first';
const ACTS: Act[] = ['pass', 'pass', 'rebuild', 'drop', 'fail', 'twice', 'later', 'timer', 'done first'];

interface WorkerConfig {
  acts: Act[];
  branches: number;
}

/** A node that does one of its acts by the message's random number, and keeps the truth while it does. */
function registerWorker(RED: NodeAPI, truths: Map<string, Truth>): void {
  RED.nodes.registerType('test worker', function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    const { acts, branches } = config as unknown as WorkerConfig;
    this.on('input', (msg, send, done) => {
      const { key, random } = msg.payload as { key: string; random: number };
      const truth = truths.get(key)!;
      const next = (random * 1_103_515_245 + 12_345) & 0x7fffffff;
      const onward = () => {
        truth.open += branches;
        return { payload: { key, random: next } };
      };
      const finish = (error?: Error) => {
        truth.open -= 1;
        done(error);
      };
      const act = acts[(random >>> 8) % acts.length]!;
      const ways: Record<Act, () => void> = {
        pass: () => {
          send(Object.assign(msg, onward()));
          finish();
        },
        rebuild: () => {
          send(onward());
          finish();
        },
        drop: () => finish(),
        fail: () => {
          truth.failed = true;
          finish(new Error('by lot'));
        },
        twice: () => {
          send([[{ ...msg, ...onward() }, Object.assign(msg, onward())]] as never);
          finish();
        },
        'done first': () => {
          const out = onward();
          finish();
          send(out);
        },
        later: () => setTimeout(() => ways.pass(), (random >>> 4) % 12),
        timer: () => setImmediate(() => ways.rebuild()),
      };
      ways[act]();
    });
  });
}

/** Nodes wired forward only: every message ends. A switch stands before every third node. */
function randomFlow(seed: number): FlowNode[] {
  const random = generator(seed);
  const z = `fuzz${String(seed)}`;
  const name = (index: number) => `${z}-${String(index)}`;
  const nodes: FlowNode[] = [
    { id: z, type: 'tab', label: z },
    { id: `source-${String(seed)}`, type: 'test source', z, x: 1, y: 1, wires: [[name(0)]] },
  ];
  for (let index = 0; index < NODES_PER_FLOW; index += 1) {
    const following = Array.from({ length: NODES_PER_FLOW - index - 1 }, (_, offset) => index + 1 + offset);
    const targets = following.filter(() => random() < 0.4).slice(0, 2);
    const acts = Array.from({ length: 5 }, () => ACTS[Math.floor(random() * ACTS.length)]!);
    const through = index % 3 === 1;
    const select = `${name(index)}-s`;
    nodes.push({
      id: name(index),
      type: 'test worker',
      z,
      x: 1,
      y: 1,
      acts,
      branches: targets.length,
      wires: [through && targets.length > 0 ? [select] : targets.map(name)],
    });
    if (!through || targets.length === 0) continue;
    const rules = [{ t: 'else' }];
    nodes.push({
      id: select,
      type: 'switch',
      z,
      x: 1,
      y: 1,
      property: 'payload',
      propertyType: 'msg',
      rules,
      checkall: 'true',
      repair: false,
      outputs: 1,
      wires: [targets.map(name)],
    });
  }
  return nodes;
}

/** Mulberry32: the same flows for the same seed, everywhere. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
