import assert from 'node:assert/strict';
import path from 'node:path';
import type { BrokerNode } from '../../../nodes/runtime/broker-node.js';
import { useFlows } from '../../support/flow-helper.js';
import type { FlowNode } from '../../support/node-red-admin.js';
import { until } from '../../support/wait.js';
import { temporaryFolder } from '../../unit/store/helpers.js';

const BROKER: FlowNode = { id: 'broker', type: 'gridwire-broker', transport: 'memory' };
/** What uses a broker, each in its own way. */
const KINDS: Omit<FlowNode, 'id'>[] = [
  { type: 'gridwire-publish', store: '', contract: '', topic: 't', qos: '1', parameters: [], wires: [[]] },
  { type: 'gridwire-subscribe', contract: '', filter: 'x/#', qos: '1', wires: [[], []] },
  { type: 'gridwire-subscribe', mode: 'pull', contract: '', filter: 'y/#', wires: [[], []] },
  { type: 'gridwire-health', interval: '0', probeTopic: 'h', wires: [[]] },
  { type: 'gridwire-dlq', contract: 'ecogrid-ems', dialect: 'documented', wires: [[]] },
  { type: 'gridwire-replay', store: 'letters', contract: '', wires: [[], []] },
  {
    type: 'gridwire-grid-sim',
    mode: 'distributed',
    envId: 'e',
    environment: 'three-microgrids',
    wires: [[]],
  },
];

describe('fifty nodes on one broker', function () {
  this.timeout(30_000);
  const flows = useFlows();
  let warnings: string[];
  let temporary: ReturnType<typeof temporaryFolder>;
  const onWarning = ({ name, message }: Error): void => {
    if (name === 'MaxListenersExceededWarning') warnings.push(message);
  };
  beforeEach(() => {
    warnings = [];
    temporary = temporaryFolder();
    process.on('warning', onWarning);
  });
  afterEach(async () => {
    process.off('warning', onWarning);
    await flows.unload();
    temporary.remove();
  });

  for (const [kind, { type, mode = '' }] of KINDS.entries()) {
    it(`of the kind ${[type, mode].join(' ').trim()} listen to it without a warning, and one that leaks is told`, async () => {
      const users = Array.from({ length: 50 }, (_, at) => ({
        ...(KINDS[kind] as FlowNode),
        ...{ id: `user-${at}`, broker: 'broker' },
      }));
      const file = path.join(temporary.folder, 'letters.db');
      await flows.load([BROKER, { id: 'letters', type: 'gridwire-store', kind: 'sqlite', file }, ...users]);
      const { broker } = flows.node('broker') as unknown as Required<BrokerNode>;
      await until('all listen', () => broker.listenerCount('state') >= 50);
      assert.deepEqual(warnings, []);
      for (let leak = 0; leak < 200; leak += 1) broker.on('state', () => undefined);
      await until('the leak is told', () => warnings.length === 1);
      assert.match(warnings.join(), /state listeners added to \[MemoryBroker\]/);
    });
  }
});
