import assert from 'node:assert/strict';
import { mqttBroker } from '../../support/flows.js';
import { NodeRedProcess } from '../../support/node-red-process.js';
import { ScriptedMqttServer } from '../../support/scripted-mqtt-server.js';
import { until } from '../../support/wait.js';

interface Health {
  status: string;
  ready: boolean;
  waitsFor?: string[];
  problems: { name: string; subject: string; code?: string }[];
}

/** Each subscribes in its own way. */
const NAMES = ['meters', 'pulled', 'agents'];

describe('health of a Node-RED whose nodes cannot subscribe', function () {
  this.timeout(120_000);
  const server = new ScriptedMqttServer(4);
  let nodeRed: NodeRedProcess;
  let answer: number | undefined;

  before(async () => {
    server.script = { suback: () => answer };
    await server.start();
    const broker = mqttBroker('broker', server.port, { name: 'site' });
    const meters = { id: 'in', type: 'gridwire-subscribe', z: 'tab', name: 'meters', filter: 'x/#' };
    const flows = [
      { id: 'tab', type: 'tab' },
      broker,
      { ...meters, broker: 'broker', contract: '', wires: [[], []] },
      {
        ...{ id: 'pulling', type: 'gridwire-subscribe', z: 'tab', name: 'pulled', mode: 'pull', inputs: 1 },
        ...{ filter: 'y/#', broker: 'broker', contract: '', wires: [[], []] },
      },
      {
        ...{ id: 'device', type: 'gridwire-grid-device', z: 'tab', name: 'agents', broker: 'broker' },
        ...{ envId: 'env_0', environment: 'three-microgrids', agent: '', device: '', wires: [[]] },
      },
    ];
    nodeRed = await NodeRedProcess.start({ flows });
  });
  after(async () => {
    await nodeRed.stop();
    await server.stop();
  });

  async function health(): Promise<Health> {
    return (await (await nodeRed.admin.request('gridwire/health')).json()) as Health;
  }

  it('names what it waits for, that it was refused, and nothing when it is subscribed', async () => {
    await until('it is connected', async () => (await health()).problems.length === 0);
    const { status, ready, waitsFor } = await health();
    assert.deepEqual({ status, ready, waitsFor }, { status: 'healthy', ready: false, waitsFor: NAMES });
    answer = 128;
    for (const { socket } of server.connections) socket.destroy();
    const refusals = ({ problems }: Health): string[] =>
      problems
        .filter(({ code }) => code === 'SUBSCRIBE_REFUSED')
        .map(({ name, subject }) => `${name} ${subject}`);
    await until('the refusals are told', async () => refusals(await health()).length === NAMES.length);
    const refused = await health();
    assert.equal(refused.ready, false);
    assert.deepEqual(
      refusals(refused).sort(),
      NAMES.map((name) => `subscribe-refused ${name} to site`).sort(),
    );

    answer = 1;
    for (const { socket } of server.connections) socket.destroy();
    await until('it is subscribed', async () => (await health()).ready);
    assert.deepEqual((await health()).problems, []);
  });
});
