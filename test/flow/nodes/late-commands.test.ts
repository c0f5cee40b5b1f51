import assert from 'node:assert/strict';
import type { GridwireMessage } from '../../../nodes/runtime/messages.js';
import { memory, settled, useFlows } from '../../support/flow-helper.js';
import type { FlowNode } from '../../support/node-red-admin.js';

const TOPIC = 'sites/1/devices/A/commands';

describe('commands that come late', () => {
  const flows = useFlows();

  it('are rejected on the way in, by the time they carry, and those in time are not', async () => {
    const subscribe: FlowNode = {
      id: 'subscribe',
      type: 'gridwire-subscribe',
      broker: 'broker',
      contract: 'ecogrid-ems',
      eventType: 'commands',
      wires: [['seen'], ['rejected']],
    };
    const publish: FlowNode = {
      id: 'publish',
      type: 'gridwire-publish',
      broker: 'broker',
      contract: '',
      wires: [[]],
    };
    await flows.load([
      memory,
      subscribe,
      publish,
      { id: 'seen', type: 'helper' },
      { id: 'rejected', type: 'helper' },
    ]);
    const command = (name: string, age: number) => ({
      topic: TOPIC,
      payload: { command: name, timestamp: new Date(Date.now() - age).toISOString() },
    });
    flows.node('publish').receive(command('discharge', 7_200_000));
    flows.node('publish').receive(command('charge', 1_000));
    const [late] = await settled(() => flows.received('rejected'), 1);
    assert.equal((late as { error?: { code?: string } }).error?.code, 'EVENT_EXPIRED');
    // A letter of it is to know that too: the broker carried no expiry.
    assert.ok((late as GridwireMessage).original!.expiresAt! < Date.now());
    const seen = await settled(() => flows.received('seen'), 1);
    assert.deepEqual(
      seen.map(({ payload }) => (payload as { command: string }).command),
      ['charge'],
    );
  });
});
