import { contracts } from '../src/contracts/library/built-in.js';
import { Contract } from '../src/contracts/contract.js';
import type { InboundMessage } from '../src/event.js';
import type { Bench, Run } from './harness.js';

const ROUNDS = 3;
const TOPIC = 'sites/1/devices/INV-001/telemetry';

/** Bodies made to cost a reader time or memory, within the default limit of 1 MiB and far beyond it. */
const BODIES: readonly Buffer[] = [
  `{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
  '['.repeat(500_000),
  ' '.repeat(10_000_000),
  `{"a":"${'x'.repeat(1_000_000)}","a":1}`,
  `{${Array.from({ length: 50_000 }, (_, index) => `"k${index}":0`).join(',')},"__proto__":{}}`,
  '{"powerKw":NaN}',
].map((text) => Buffer.from(text));

/** Bodies a second, the most processor time that one took, and by how much the heap had grown at its highest. */
function measure(read: (body: Buffer) => void): Run {
  let slowest = 0;
  let heap = 0;
  const before = process.memoryUsage().heapUsed;
  const begin = performance.now();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const body of BODIES) {
      const start = process.cpuUsage();
      try {
        read(body);
      } catch {
        // Refused, as all of them are to be.
      }
      const { user, system } = process.cpuUsage(start);
      slowest = Math.max(slowest, (user + system) / 1000);
    }
    heap = Math.max(heap, process.memoryUsage().heapUsed - before);
  }
  const rate = (ROUNDS * BODIES.length) / ((performance.now() - begin) / 1000);
  return { rate, figures: { slowest, heap: heap / 1024 ** 2 } };
}

function ours(): Promise<Run> {
  const contract = new Contract(contracts['ecogrid-ems']!);
  const rest = {
    topic: TOPIC,
    qos: 1,
    retain: false,
    headers: {},
    receivedAt: 0,
    redelivered: false,
  } as const;
  return Promise.resolve(measure((body) => contract.parse({ ...rest, body } satisfies InboundMessage)));
}

/** What a function node does: text, then JSON.parse. Nothing is limited. */
function bare(): Promise<Run> {
  return Promise.resolve(measure((body) => JSON.parse(body.toString()) as unknown));
}

const bench: Bench = {
  description:
    'Refusing bodies that are made to cost time or memory (depth 10,000, 10 MB, a key twice, __proto__ after 50,000 members, NaN), against JSON.parse of the same bytes.',
  needs: [],
  software: () => [],
  comparisons: () => [
    {
      ...{ id: 'malformed/refuse', unit: 'bodies/s', target: 0.5 },
      ours: { name: 'contract.parse', run: ours },
      peer: { name: 'JSON.parse', run: bare },
      bounds: [
        { name: 'slowest', unit: 'ms of processor time for one body', below: 250 },
        { name: 'heap', unit: 'MiB of heap', below: 64 },
      ],
    },
  ],
};

export default bench;
