import assert from 'node:assert/strict';
import type { BrokerNode } from '../../../nodes/runtime/broker-node.js';
import { freePort } from '../../../scripts/services/service.js';
import { useFlows } from '../../support/flow-helper.js';
import { mqttBroker } from '../../support/flows.js';
import { ScriptedMqttServer } from '../../support/scripted-mqtt-server.js';
import { until } from '../../support/wait.js';

const SETTLE_TIMEOUT_S = 1;

describe('an outage longer than the settlement timeout', function () {
  this.timeout(45_000);
  const flows = useFlows();

  it('neither repeats nor rejects the events that wait for the broker', async () => {
    const port = await freePort();
    await flows.load([
      { id: 'source', type: 'gridwire-broker', transport: 'memory' },
      mqttBroker('away', port),
      {
        ...{ id: 'in', type: 'gridwire-subscribe', broker: 'source', contract: '', filter: 'in' },
        ...{ qos: '1', settleTimeout: String(SETTLE_TIMEOUT_S), wires: [['out'], ['rejected']] },
      },
      {
        ...{ id: 'out', type: 'gridwire-publish', broker: 'away', contract: '', topic: 'out', qos: '1' },
        wires: [['sent']],
      },
      // Beside it one that nobody settles: it shows when three attempts are over.
      {
        ...{ id: 'beside', type: 'gridwire-subscribe', broker: 'source', contract: '', filter: 'hangs' },
        ...{
          qos: '1',
          settleTimeout: String(SETTLE_TIMEOUT_S),
          settlement: 'explicit',
          wires: [['unsettled'], ['over']],
        },
      },
      { id: 'sent', type: 'helper' },
      { id: 'rejected', type: 'helper' },
      { id: 'over', type: 'helper' },
      { id: 'unsettled', type: 'helper' },
    ]);
    const { broker } = flows.node('source') as BrokerNode;
    for (const text of ['one', 'two'])
      await broker?.publish({ topic: 'in', body: Buffer.from(text), qos: 1, retain: false, headers: {} });
    await broker?.publish({ topic: 'hangs', body: Buffer.from('x'), qos: 1, retain: false, headers: {} });
    await until('three attempts are over', () => flows.received('over').length === 1, 20_000);
    assert.deepEqual(flows.received('rejected'), []);
    const server = new ScriptedMqttServer(4);
    await server.start(port);
    await until('both are sent', () => flows.received('sent').length >= 2, 20_000);
    assert.deepEqual(
      server.outbound.flatMap(({ received }) => received.filter(({ cmd }) => cmd === 'publish')).length,
      2,
      'each once',
    );
    assert.deepEqual(flows.logged('in', 'warn'), []);
    await flows.node('out').close(false);
    await server.stop();
  });
});
