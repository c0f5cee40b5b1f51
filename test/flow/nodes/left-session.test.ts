import assert from 'node:assert/strict';
import { settled, useFlows } from '../../support/flow-helper.js';
import { mqttBroker } from '../../support/flows.js';
import type { FlowNode } from '../../support/node-red-admin.js';
import { ScriptedMqttServer } from '../../support/scripted-mqtt-server.js';

const subscribe: FlowNode = {
  ...{ id: 'subscribe', type: 'gridwire-subscribe', broker: 'broker', contract: '', filter: 'in/#' },
  wires: [['seen'], []],
};
const seen: FlowNode = { id: 'seen', type: 'helper' };

describe('a session that a deployment leaves with the broker', () => {
  const flows = useFlows();
  let server: ScriptedMqttServer;
  before(async () => {
    server = new ScriptedMqttServer(5);
    await server.start();
  });
  after(() => server.stop());

  /** Deploys with such a broker, until something has come by it. @returns what the node warns of */
  const deployed = async (settings: object): Promise<string[]> => {
    const before = server.inbound.length;
    await flows.load([
      mqttBroker('broker', server.port, { protocolVersion: '5', ...settings }),
      subscribe,
      seen,
    ]);
    (await server.inboundConnection(before)).publish(1, 'x', { topic: 'in/1' });
    await settled(() => flows.received('seen'), 1);
    const warnings = flows.logged('subscribe', 'warn');
    await flows.unload();
    return warnings;
  };

  it('is told with its client ID and its broker: another client ID, one that is not kept any more', async () => {
    const kept = { clientId: 'me', cleanSession: false };
    assert.deepEqual(await deployed(kept), []);
    assert.deepEqual(await deployed(kept), []);
    const [told, ...more] = await deployed({ ...kept, clientId: 'you' });
    assert.match(told ?? '', /still keeps the session "me-subscribe-in", which this node had before/);
    assert.deepEqual(more, []);
    const [again] = await deployed({});
    assert.match(again ?? '', /still keeps the session "you-subscribe-in"/);
    assert.deepEqual(await deployed({}), []);
  });
});
