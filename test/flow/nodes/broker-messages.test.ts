import assert from 'node:assert/strict';
import type { IConnectPacket, IPublishPacket } from 'mqtt-packet';
import { useFlows } from '../../support/flow-helper.js';
import { mqttBroker } from '../../support/flows.js';
import type { FlowNode } from '../../support/node-red-admin.js';
import { ScriptedMqttServer } from '../../support/scripted-mqtt-server.js';
import { until } from '../../support/wait.js';

const publish: FlowNode = {
  id: 'publish',
  type: 'gridwire-publish',
  broker: 'broker',
  contract: '',
  topic: 'x',
  wires: [[]],
};
const subscribe: FlowNode = {
  id: 'subscribe',
  type: 'gridwire-subscribe',
  broker: 'broker',
  contract: '',
  filter: 'x',
  wires: [[], []],
};

describe('what a broker node says of its client', function () {
  this.timeout(30_000);
  const flows = useFlows();
  const connects: IConnectPacket[] = [];
  const published: IPublishPacket[] = [];
  let server: ScriptedMqttServer | undefined;

  beforeEach(async () => {
    connects.length = published.length = 0;
    server = new ScriptedMqttServer(5, {
      connack: (packet) => {
        connects.push(packet);
        return {};
      },
      puback: (packet) => {
        published.push(packet);
        return 0;
      },
    });
    await server.start();
  });
  afterEach(() => server?.stop());

  const texts = (): string[] =>
    published.map(({ topic, payload, qos, retain }) => `${topic} ${payload.toString()} ${qos} ${retain}`);

  it('is birth on connecting, close on leaving, and a will at the broker, under the prefix; once for all nodes', async () => {
    const more = {
      ...{ protocolVersion: '5', clientId: 'me', cleanSession: false, topicPrefix: 'site1' },
      ...{ birthTopic: 'state', birthPayload: 'here', birthQos: '1', birthRetain: true },
      ...{ closeTopic: 'state', closePayload: 'left', closeQos: '1', closeRetain: true },
      ...{ willTopic: 'state', willPayload: 'lost', willQos: '1', willRetain: true },
      ...{ sessionExpiry: '3600', receiveMaximum: '7', userProperties: 'site: 1\nrole: gateway: west' },
    };
    await flows.load([mqttBroker('broker', server!.port, more), publish, subscribe]);
    await until('both connections stand', () => connects.length === 2 && published.length === 1);
    assert.deepEqual(texts(), ['site1/state here 1 true']);
    const out = connects.find(({ clientId }) => clientId === 'me-out');
    const inward = connects.find(({ clientId }) => clientId !== 'me-out');
    assert.deepEqual(
      [out?.will?.topic, out?.will?.payload.toString(), out?.will?.qos, out?.will?.retain],
      ['site1/state', 'lost', 1, true],
    );
    assert.equal(inward?.will, undefined);
    assert.deepEqual(
      [inward?.properties?.sessionExpiryInterval, inward?.properties?.receiveMaximum],
      [3600, 7],
    );
    for (const { properties } of connects)
      assert.deepEqual({ ...properties?.userProperties }, { site: '1', role: 'gateway: west' });
    await flows.unload();
    await until('it has left', () => published.length === 2);
    assert.equal(texts()[1], 'site1/state left 1 true');
  });

  it('is nothing where no topic is given, as in flows of older versions', async () => {
    await flows.load([mqttBroker('broker', server!.port, { protocolVersion: '5' }), publish]);
    await until('it is connected', () => connects.length === 1);
    assert.equal(connects[0]?.will, undefined);
    await flows.unload();
    assert.deepEqual(texts(), []);
  });

  it('refuses what cannot work, naming the field', async () => {
    const more = { birthPayload: 'x', willTopic: 'a/#', userProperties: 'nonsense', protocolVersion: '5' };
    await flows.load([mqttBroker('broker', server!.port, more), publish]);
    const [line = ''] = flows.logged('broker', 'error');
    assert.match(line, /birthTopic: a message needs a topic/);
    assert.match(line, /willTopic: a message is published to one topic/);
    assert.match(line, /userProperties: line 1 must have the form name: value/);
  });

  it('refuses TLS for an address without it', async () => {
    await flows.load([mqttBroker('broker', 1, { host: 'ws://127.0.0.1/mqtt', useTls: true }), publish]);
    assert.match(
      flows.logged('broker', 'error').join(),
      /useTls: an address that begins with ws:\/\/ is without TLS/,
    );
  });
});
