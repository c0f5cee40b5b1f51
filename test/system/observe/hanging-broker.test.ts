import assert from 'node:assert/strict';
import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import type { HealthReport } from '../../../src/observe/health/report.js';
import { mqttBroker } from '../../support/flows.js';
import { NodeRedProcess } from '../../support/node-red-process.js';

/** As an operator is promised. */
const WITHIN = 10_000;

describe('a broker that takes the first connection and says nothing', function () {
  this.timeout(120_000);
  const sockets: Socket[] = [];
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    sockets.push(socket);
  });
  let nodeRed: NodeRedProcess | undefined;

  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(async () => {
    await nodeRed?.stop();
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  it('is only starting at first, and an alarm within ten seconds', async () => {
    const publish = { id: 'publish', z: 'tab', type: 'gridwire-publish', broker: 'broker', store: '' };
    nodeRed = await NodeRedProcess.start({
      flows: [
        { id: 'tab', type: 'tab' },
        mqttBroker('broker', (server.address() as AddressInfo).port, { name: 'site' }),
        { ...publish, contract: '', topic: 't', qos: '1', parameters: [], wires: [[]] },
        { id: 'alarm', z: 'tab', type: 'gridwire-alarm', wires: [['print']] },
        {
          ...{ id: 'print', z: 'tab', type: 'function', outputs: 0, wires: [] },
          func: 'node.warn(`ALARM ${msg.payload.change} ${msg.payload.name} ${msg.payload.subject}.`);',
        },
      ],
    });
    const { status, ready, waitsFor } = await health();
    assert.deepEqual({ status, ready, waitsFor }, { status: 'healthy', ready: false, waitsFor: ['site'] });
    await nodeRed.waitForLine(/ALARM active broker-away site\./, WITHIN);
    assert.deepEqual(
      (await health()).problems.map(({ name }) => name),
      ['broker-away'],
    );
  });

  it('stays one alarm over every kind of deploy, of which nothing is told', async () => {
    for (const [at, type] of (['nodes', 'flows', 'full'] as const).entries()) {
      const flows = await nodeRed!.admin.flows();
      const from = nodeRed!.lines.length;
      const changed = flows.map((node) =>
        node.id === 'broker' ? { ...node, keepalive: String(61 + at) } : node,
      );
      await nodeRed!.admin.deploy(changed, type);
      // By then the connection of the new node has failed as well.
      await nodeRed!.waitForLine(/gridwire-broker:site\] .*did not answer in time/, 2 * WITHIN, from);
      const told = nodeRed!.lines.slice(from).filter((line) => line.includes('ALARM'));
      assert.deepEqual(told, [], type);
    }
  });

  it('leaves no alarm behind when it is renamed', async () => {
    const flows = await nodeRed!.admin.flows();
    const from = nodeRed!.lines.length;
    await nodeRed!.admin.deploy(
      flows.map((node) => (node.id === 'broker' ? { ...node, name: 'plant' } : node)),
    );
    await nodeRed!.waitForLine(/ALARM active broker-away plant\./, WITHIN, from);
    await nodeRed!.waitForLine(/ALARM cleared broker-away site\./, WITHIN, from);
    const overview = (await (await nodeRed!.admin.request('gridwire/overview')).json()) as {
      alarms: { key: string }[];
    };
    assert.deepEqual(
      overview.alarms.map(({ key }) => key),
      ['broker-away plant'],
    );
  });

  async function health(): Promise<HealthReport> {
    return (await (await nodeRed!.admin.request('gridwire/health')).json()) as HealthReport;
  }
});
