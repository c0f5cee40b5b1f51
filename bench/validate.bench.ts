import Ajv2020 from 'ajv/dist/2020.js';
import type * as Checkers from '../nodes/validate/checker.js';
import type { FlowNode } from '../test/support/node-red-admin.js';
import { built } from './built.js';
import { closedLoop, type PathUnderTest } from './closed-loop.js';
import { type Bench, PROCESSOR_UNIT, processorRun, type Run } from './harness.js';
import { installed } from './report.js';

const ROUNDS = 50_000;
const LOOP = { inFlight: 100, warmUp: 50_000, messages: 200_000 };
const { schemaChecker } = built<typeof Checkers>('nodes/validate/checker.js');

const MEMBERS = ['powerKw', 'voltage', 'current', 'temperature', 'efficiency'];
const SCHEMA = {
  type: 'object',
  required: ['serialNumber', ...MEMBERS],
  properties: {
    serialNumber: { type: 'string', minLength: 1 },
    ...Object.fromEntries(MEMBERS.map((name) => [name, { type: 'number' }])),
  },
};
const TEXT =
  '{"serialNumber":"INV-001","powerKw":45.2,"voltage":480.5,"current":94.3,"temperature":35.2,"efficiency":98.5}';

function measure(work: () => unknown): Promise<Run> {
  for (let round = 0; round < ROUNDS; round += 1) work();
  const begin = process.cpuUsage();
  for (let round = 0; round < ROUNDS; round += 1) work();
  const { user, system } = process.cpuUsage(begin);
  return Promise.resolve(processorRun((user + system) / ROUNDS));
}

function checker(): Promise<Run> {
  const check = schemaChecker(JSON.stringify(SCHEMA));
  return measure(() => check({ _msgid: '', topic: 'bench', payload: TEXT }));
}

function bare(): Promise<Run> {
  const check = new Ajv2020().compile(SCHEMA);
  return measure(() => {
    const document: unknown = JSON.parse(TEXT);
    return check(document) ? document : undefined;
  });
}

/** One node between the driver of the loop and itself. */
async function flow(node: Partial<FlowNode> & { type: string }): Promise<Run> {
  const path: PathUnderTest = {
    nodes: [{ ...node, id: 'check', z: 'bench' }],
    ...{ path: 'check', last: 'check' },
    message: `return { payload: ${JSON.stringify(TEXT)}, schema: ${JSON.stringify(SCHEMA)} };`,
  };
  return processorRun((await closedLoop({ ...LOOP, ...path })).cpu);
}

const bench: Bench = {
  description:
    "Documents read and checked by a schema for each second of processor time: the check of gridwire-validate against JSON.parse and the schema compiler alone, and the node in a flow against core's json node with the same schema.",
  needs: [],
  software: () => [`Node-RED ${installed('node-red')}`, `ajv ${installed('ajv')}`],
  comparisons: () => [
    {
      ...{ id: 'validate/ajv', unit: PROCESSOR_UNIT, target: 0.5 },
      ours: { name: "gridwire-validate's check: limits, keys, numbers, schema", run: checker },
      peer: { name: 'JSON.parse and ajv', run: bare },
    },
    {
      ...{ id: 'validate/core', unit: PROCESSOR_UNIT, target: 1 },
      ours: {
        name: 'gridwire-validate in a flow',
        run: () =>
          flow({
            type: 'gridwire-validate',
            source: 'schema',
            schema: JSON.stringify(SCHEMA),
            wires: [[], []],
          }),
      },
      peer: {
        name: 'json with msg.schema in a flow',
        run: () => flow({ type: 'json', property: 'payload', action: 'obj', wires: [[]] }),
      },
    },
  ],
};

export default bench;
