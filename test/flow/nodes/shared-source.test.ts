import assert from 'node:assert/strict';
import { memory, useFlows } from '../../support/flow-helper.js';
import { mqttBroker } from '../../support/flows.js';
import type { FlowNode } from '../../support/node-red-admin.js';

const subscribe: FlowNode = {
  ...{ id: 'subscribe', type: 'gridwire-subscribe', broker: 'broker', contract: '', filter: 'sites/#' },
  ...{ qos: '1', shared: true, sharedGroup: 'ecogrid', partitions: 'sites/1/#\nsites/2/# sites/3/#' },
  wires: [[], []],
};

describe('a source that is shared with other processes', () => {
  const flows = useFlows();
  async function faultOf(
    more: Record<string, unknown>,
    broker: FlowNode = mqttBroker('broker', 1),
  ): Promise<string> {
    await flows.load([broker, { ...subscribe, ...more }]);
    return flows.logged('subscribe', 'error').join('\n');
  }

  for (const [what, more, expected] of [
    ['no store for the leases', {}, /store: .*need a PostgreSQL store/],
    ['no group', { sharedGroup: '' }, /sharedGroup: The name of the group is missing/],
    ['a group that cannot be a client id', { sharedGroup: 'a/b' }, /sharedGroup: may have letters/],
    [
      'partitions that overlap',
      { partitions: 'sites/1/#\nsites/+/x' },
      /partitions: .*select the same topics/,
    ],
    ['a partition outside the source', { partitions: 'other/#' }, /partitions: .*not within sites\/#/],
    ['QoS 0', { qos: '0', settlement: 'completion' }, /qos: .*need QoS 1 or 2/],
    ['settlement on receipt', { settlement: 'receipt' }, /settlement: .*taken over/],
  ] as const) {
    it(`is refused with ${what}, at deploy time`, async () => {
      assert.match(await faultOf(more), expected);
    });
  }

  it('is refused on a broker in memory', async () => {
    assert.match(await faultOf({}, memory), /shared: a broker in memory is not shared/);
  });

  it('is one process’s own where it is not switched on, as in flows of older versions', async () => {
    assert.equal(await faultOf({ shared: undefined, sharedGroup: undefined, partitions: undefined }), '');
  });
});
