import assert from 'node:assert/strict';
import type { HealthReport } from '../../../src/observe/health/report.js';
import { mqttBroker } from '../../support/flows.js';
import { type CrashableMosquitto, startMosquitto } from '../../support/mosquitto.js';
import { NodeRedProcess } from '../../support/node-red-process.js';

/** As an operator is promised. */
const WITHIN = 10_000;

describe('an MQTT broker that hangs and keeps its connections', function () {
  this.timeout(120_000);
  let mosquitto: CrashableMosquitto | undefined;
  let nodeRed: NodeRedProcess | undefined;

  before(async function () {
    mosquitto = await startMosquitto(this);
  });
  after(async () => {
    mosquitto?.goOn();
    await nodeRed?.stop();
    await mosquitto?.stop();
  });

  it('is an alarm within ten seconds, though nothing is sent and the keepalive is a minute, and none when it goes on', async () => {
    nodeRed = await NodeRedProcess.start({
      flows: [
        { id: 'tab', type: 'tab' },
        mqttBroker('broker', mosquitto!.port, { name: 'site', keepalive: '60' }),
        {
          ...{ id: 'in', z: 'tab', type: 'gridwire-subscribe', broker: 'broker', contract: '' },
          ...{ filter: 'work', qos: '1', wires: [[], []] },
        },
        { id: 'image', z: 'tab', type: 'http in', url: '/image', method: 'post', wires: [['make']] },
        {
          ...{ id: 'make', z: 'tab', type: 'function', outputs: 2, wires: [['out'], ['done']] },
          func: 'return [{ payload: Buffer.alloc(30_000_000) }, msg];',
        },
        { id: 'done', z: 'tab', type: 'http response', wires: [] },
        {
          ...{ id: 'out', z: 'tab', type: 'gridwire-publish', broker: 'broker', store: '', contract: '' },
          ...{ topic: 'image', qos: '1', parameters: [], wires: [[]] },
        },
        { id: 'alarm', z: 'tab', type: 'gridwire-alarm', wires: [['print']] },
        {
          ...{ id: 'print', z: 'tab', type: 'function', outputs: 0, wires: [] },
          func: 'node.warn(`ALARM ${msg.payload.change} ${msg.payload.name} ${msg.payload.subject}.`);',
        },
      ],
    });
    await nodeRed.waitForLine(/gridwire-broker:site\] Connected/);
    const from = nodeRed.lines.length;
    mosquitto?.hang();
    await nodeRed.waitForLine(/ALARM active broker-away site\./, WITHIN, from);
    const report = (await (await nodeRed.admin.request('gridwire/health')).json()) as HealthReport;
    assert.deepEqual([report.status, report.ready], ['unhealthy', false]);
    assert.match(report.problems[0]?.text ?? '', /has not answered for \d+ s\. .*whether it hangs/);
    mosquitto?.goOn();
    await nodeRed.waitForLine(/ALARM cleared broker-away site\./, 2 * WITHIN, from);
  });

  it('is one, too, while it has more to take than its socket does', async () => {
    const from = nodeRed!.lines.length;
    mosquitto?.hang();
    await fetch(new URL('image', nodeRed!.url), { method: 'POST' });
    await nodeRed!.waitForLine(/ALARM active broker-away site\./, WITHIN, from);
    const report = (await (await nodeRed!.admin.request('gridwire/health')).json()) as HealthReport;
    assert.match(report.problems[0]?.text ?? '', /is connected and has not answered for \d+ s\./);
    mosquitto?.goOn();
    await nodeRed!.waitForLine(/ALARM cleared broker-away site\./, 2 * WITHIN, from);
  });
});
