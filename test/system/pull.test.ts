import assert from 'node:assert/strict';
import type { GridwireMessage } from '../../nodes/runtime/messages.js';
import { useFlows } from '../support/flow-helper.js';
import type { FlowNode } from '../support/node-red-admin.js';
import { brokerNodes, requireBroker } from '../support/transports.js';
import { until } from '../support/wait.js';

/** The brokers are shared with other suites and runs. */
const RUN = `pull-${process.pid}-${Date.now()}`;
const powergrid = {
  broker: 'broker',
  contract: 'powergrid',
  dialect: 'documented',
  eventType: 'state-updates',
};
const FLOW: FlowNode[] = [
  { ...powergrid, id: 'publish', type: 'gridwire-publish', wires: [[]] },
  {
    ...powergrid,
    id: 'pull',
    type: 'gridwire-subscribe',
    mode: 'pull',
    pullTimeout: '60000',
    wires: [['taken'], []],
  },
  { id: 'taken', type: 'helper' },
];

describe('pull mode: one flow on every broker', function () {
  this.timeout(180_000);
  const flows = useFlows();

  for (const [name, node] of Object.entries(brokerNodes('broker', RUN))) {
    it(`on ${name} peeks and takes, by environment, and loses nothing`, async function () {
      const topicPrefix = `${RUN}/${name.replaceAll(/[^A-Za-z0-9]/g, '')}`;
      await flows.load([{ ...requireBroker(this, name, node), topicPrefix }, ...FLOW]);
      const publish = (env: string, device: string): void =>
        flows.node('publish').receive({
          payload: { agent_id: device, device_type: 'storage', P_MW: 0.5, Q_MVAr: 0 },
          parameters: { env },
          members: { timestamp: 1 },
        });
      const lists = (): readonly GridwireMessage[] => flows.received('taken');
      const devices = (index: number): unknown[] =>
        (lists()[index]?.payload as { agent_id: string }[]).map(({ agent_id: id }) => id);
      const pull = async (ask: object): Promise<unknown[]> => {
        const before = lists().length;
        flows.node('pull').receive(ask as GridwireMessage);
        await until('the list has come', () => lists().length > before, 70_000);
        return devices(before);
      };

      // The channel is being opened since the deploy; a broker may take a while until it delivers.
      publish('warm-up', 'first');
      await until('the first was acknowledged', () => flows.endsOf('publish').length === 1, 60_000);
      while ((await pull({ timeout: 200 })).length === 0) publish('warm-up', 'again');
      publish('env_0', 'ESS1');
      publish('env_1', 'ESS9');
      publish('env_0', 'ESS2');
      await until('all were acknowledged', () => flows.endsOf('publish').length >= 4, 60_000);

      const env0 = { parameters: { env: 'env_0' } };
      let peeked: unknown[] = [];
      const areBoth = async (): Promise<boolean> => {
        peeked = await pull({ ...env0, clear: false });
        return peeked.length === 2;
      };
      await until('both have come', areBoth, 60_000);
      assert.deepEqual(peeked, ['ESS1', 'ESS2']);
      assert.deepEqual(await pull({ ...env0, limit: 1 }), ['ESS1']);
      assert.deepEqual(await pull(env0), ['ESS2']);
      assert.deepEqual(await pull({ ...env0, timeout: 0 }), []);
      assert.deepEqual(await pull({ parameters: { env: 'env_1' } }), ['ESS9']);
      const { messages } = lists().at(-1) as unknown as { messages: GridwireMessage[] };
      assert.equal(messages[0]?.event?.parameters['env'], 'env_1');
      assert.deepEqual(new Set(flows.endsOf('pull')), new Set([undefined]));
    });
  }
});
