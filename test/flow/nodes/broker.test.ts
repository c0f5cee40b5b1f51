import assert from 'node:assert/strict';
import type { BrokerNode } from '../../../nodes/runtime/broker-node.js';
import { useFlows } from '../../support/flow-helper.js';
import { mqttBroker } from '../../support/flows.js';
import type { FlowNode } from '../../support/node-red-admin.js';
import { ScriptedMqttServer } from '../../support/scripted-mqtt-server.js';
import { until } from '../../support/wait.js';

const user = (id: string): FlowNode => ({
  id,
  type: 'gridwire-publish',
  broker: 'broker',
  contract: '',
  topic: 'a',
  wires: [[]],
});

describe('gridwire-broker', () => {
  const flows = useFlows();
  const brokerNode = (): BrokerNode => flows.node('broker') as BrokerNode;

  it('connects with its first user and disconnects with its last', async () => {
    await flows.load([
      { id: 'broker', type: 'gridwire-broker', transport: 'memory' },
      user('one'),
      user('two'),
    ]);
    assert.equal(brokerNode().broker?.state, 'connected');
    await flows.node('one').close(false);
    assert.equal(brokerNode().broker?.state, 'connected');
    await flows.node('two').close(false);
    assert.equal(brokerNode().broker?.state, 'disconnected');
  });

  it('stays disconnected while nothing uses it', async () => {
    await flows.load([{ id: 'broker', type: 'gridwire-broker', transport: 'memory' }]);
    assert.equal(brokerNode().broker?.state, 'disconnected');
  });

  it('keeps over a full deploy what a memory broker has, in the hands of a flow or not', async () => {
    const flow: FlowNode[] = [
      { id: 'broker', type: 'gridwire-broker', transport: 'memory' },
      user('out'),
      {
        ...{ id: 'in', type: 'gridwire-subscribe', broker: 'broker', contract: '', filter: 'a', qos: '1' },
        ...{ window: '1', settlement: 'explicit', wires: [['flow'], []] },
      },
      { id: 'flow', type: 'helper' },
    ];
    await flows.load(flow);
    for (const payload of ['in hand', 'waits']) flows.node('out').receive({ payload });
    await until('the flow has one', () => flows.received('flow').length === 1);
    // Nodes that are stopped and made anew, as a full deploy does it.
    await flows.unload();
    await flows.load(flow);
    await until('it came again', () => flows.received('flow').length === 1);
    assert.equal(flows.received('flow')[0]?.payload, 'in hand');
  });

  it('logs what would lose messages when it is connected, once', async () => {
    const server = new ScriptedMqttServer(4);
    await server.start();
    await flows.load([mqttBroker('broker', server.port), user('one')]);
    const logged = (pattern: RegExp) =>
      flows.logged('broker', 'info').filter((line) => pattern.test(line)).length;
    await until('it is connected', () => logged(/connected/i) === 1);
    server.outbound[0]?.drop();
    await until('it is connected again', () => logged(/connected/i) === 2);
    await new Promise(setImmediate);
    assert.equal(logged(/session/), 1, flows.logged('broker', 'info').join('\n'));
    await flows.node('one').close(false);
    await server.stop();
  });

  const invalid: [string, Record<string, unknown>, RegExp][] = [
    ['a port that is none', { port: '70000' }, /port: must be a whole number from 1 to 65535; found "70000"/],
    [
      'a host with the port in it',
      { host: 'mqtt.example:1883' },
      /host: has the port in it; write "mqtt.example" here and 1883 in the field Port/,
    ],
    ['a missing host', { host: '' }, /host: The host name of the broker is missing/],
    ['a kept session without a client id', { cleanSession: false }, /clientId: a session that is kept needs/],
    [
      'a variable that is not set',
      { host: '${GRIDWIRE_TEST_UNSET}' },
      /host: .*GRIDWIRE_TEST_UNSET is not set/,
    ],
    [
      'waits that cross',
      { reconnectMinimum: '9', reconnectMaximum: '3' },
      /reconnectMaximum: must not be less/,
    ],
    ['an unknown transport', { transport: 'carrier-pigeon' }, /transport: must be one of/],
    ['a TLS node that is missing', { useTls: true, tls: 'gone' }, /tls: choose a TLS configuration/],
  ];
  for (const [name, settings, reason] of invalid) {
    it(`refuses ${name}, names the field, and its users say so too`, async () => {
      await flows.load([mqttBroker('broker', 1883, settings), user('one')]);
      assert.match(flows.logged('broker', 'error').join('\n'), reason);
      assert.match(flows.logged('one', 'error').join('\n'), /broker: the broker .* has invalid settings/);
    });
  }

  it('fills in variables with their defaults', async () => {
    await flows.load([
      mqttBroker('broker', 1883, { host: '${GRIDWIRE_TEST_UNSET:-127.0.0.1}', port: '${NO_PORT:-1}' }),
    ]);
    assert.deepEqual(flows.logged('broker', 'error'), []);
  });
});
