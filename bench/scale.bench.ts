import type * as BuiltIn from '../src/contracts/library/built-in.js';
import type * as Contracts from '../src/contracts/contract.js';
import type { InboundMessage } from '../src/event.js';
import { built } from './built.js';
import { type Bench, type Comparison, PROCESSOR_UNIT, processorRun, type Run } from './harness.js';
import { gridwire, subscribersPath } from './through/flows.js';
import { throughCost } from './through/path.js';

const { contracts } = built<typeof BuiltIn>('src/contracts/library/built-in.js');
const { Contract } = built<typeof Contracts>('src/contracts/contract.js');
const contract = new Contract(contracts['ecogrid-ems']!);

const DEVICES = [10, 100, 1_000, 10_000, 100_000];
const NODES = [1, 30, 1_000];
/** Bytes of a body. */
const SIZES = [100, 1_000, 10_000, 100_000, 1_000_000];
const EXPONENT = 'exponent';
const MESSAGES = 300_000;
/** Through a whole Node-RED, with each number of nodes. */
const THROUGH = 20_000;
/** A path that has had so many messages is no young one. */
const AGE = 250_000;
/** Of each size as many as make so many bytes. */
const BYTES = 20_000_000;

/** Microseconds of processor time for each call. */
function costOf(calls: number, work: (index: number) => unknown): number {
  for (let index = 0; index < calls; index += 1) work(index);
  const begin = process.cpuUsage();
  for (let index = 0; index < calls; index += 1) work(index);
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / calls;
}

function inbound(topic: string, body: Buffer): InboundMessage {
  return { topic, body, qos: 1, retain: false, headers: {}, receivedAt: Date.now(), redelivered: false };
}

/** An event read by its contract, from so many devices in turn; without what the topics cost that the bench itself keeps. */
function ofDevices(devices: number): number {
  const body = Buffer.from(
    '{"powerKw":45.2,"voltage":480.5,"current":94.3,"temperature":35.2,"efficiency":98.5}',
  );
  const topics = Array.from(
    { length: devices },
    (_, index) => `sites/${index % 500}/devices/INV-${index}/telemetry`,
  );
  // A broker's client makes each topic anew from its bytes.
  const arriving = (index: number) => inbound(Buffer.from(topics[index % devices]!).toString(), body);
  return costOf(MESSAGES, (index) => contract.parse(arriving(index))) - costOf(MESSAGES, arriving);
}

/** A body of about so many bytes, read by its contract. */
function ofSize(bytes: number): number {
  let text = '{"m":[0.25';
  for (let index = 1; text.length < bytes; index += 1) text += `,${index % 100}.25`;
  const body = Buffer.from(`${text}]}`);
  const calls = Math.ceil(BYTES / bytes);
  return costOf(calls, () => contract.parse(inbound('sites/1/devices/INV-1/telemetry', body)));
}

/** The slope of a straight line through the logarithms: 0 for a cost that stays, 1 for one that grows as its cause. */
function exponent(points: readonly (readonly [cause: number, cost: number])[]): number {
  const logs = points.map(([cause, cost]) => [Math.log(cause), Math.log(cost)] as const);
  const mean = (of: (point: readonly [number, number]) => number) =>
    logs.reduce((sum, point) => sum + of(point), 0) / logs.length;
  const [x, y] = [mean(([cause]) => cause), mean(([, cost]) => cost)];
  const above = logs.reduce((sum, [cause, cost]) => sum + (cause - x) * (cost - y), 0);
  return above / logs.reduce((sum, [cause]) => sum + (cause - x) ** 2, 0);
}

/** The most of something against the least of it, with the exponent of all between. */
function growth(
  { id, target, below }: { id: string; target: number; below: number },
  what: string,
  causes: readonly number[],
  cost: (cause: number) => number | Promise<number>,
): Comparison {
  const [least, most] = [causes[0]!, causes.at(-1)!];
  const all = async (): Promise<Run> => {
    const points: [number, number][] = [];
    for (const cause of causes) points.push([cause, await cost(cause)]);
    console.log(`    ${points.map(([cause, each]) => `${cause}: ${each.toPrecision(3)}`).join('; ')}`);
    return { ...processorRun(points.at(-1)![1]), figures: { [EXPONENT]: exponent(points) } };
  };
  return {
    ...{ id, target, unit: PROCESSOR_UNIT },
    ours: { name: `${most.toLocaleString('en-GB')} ${what}`, run: all },
    peer: {
      name: `${least.toLocaleString('en-GB')} ${what}`,
      run: async () => processorRun(await cost(least)),
    },
    bounds: [{ name: EXPONENT, unit: 'of the cost', below }],
  };
}

const bench: Bench = {
  description:
    'What a message costs in processor time with more of something, against the least of it, and the exponent by which it grows: devices and sizes of bodies read by their contract, subscribe nodes in one Node-RED of which one takes the messages, and messages that it has had before. The cost of a size is that of a byte.',
  needs: ['mosquitto'],
  software: () => [],
  comparisons: () => [
    growth({ id: 'scale/devices-cpu', target: 0.8, below: 0.03 }, 'devices', DEVICES, ofDevices),
    growth({ id: 'scale/nodes-cpu', target: 0.8, below: 0.03 }, 'subscribe nodes', NODES, (nodes) =>
      throughCost(subscribersPath(nodes), THROUGH),
    ),
    {
      ...{ id: 'scale/age-cpu', target: 0.8, unit: PROCESSOR_UNIT },
      ours: {
        name: `after ${AGE.toLocaleString('en-GB')} messages`,
        run: async () => processorRun(await throughCost(gridwire(), THROUGH, AGE)),
      },
      peer: {
        name: 'when the compiler has just been through with the path',
        run: async () => processorRun(await throughCost(gridwire(), THROUGH)),
      },
    },
    growth(
      { id: 'scale/bytes-cpu', target: 0.8, below: 0.1 },
      'bytes',
      SIZES,
      (bytes) => ofSize(bytes) / bytes,
    ),
  ],
};

export default bench;
