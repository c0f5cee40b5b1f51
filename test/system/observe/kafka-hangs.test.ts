import assert from 'node:assert/strict';
import type { Kafka } from '../../../scripts/services/index.js';
import type { HealthReport } from '../../../src/observe/health/report.js';
import { ownKafka } from '../../support/kafka.js';
import { asAdmin } from '../../support/kafka-admin.js';
import { NodeRedProcess } from '../../support/node-red-process.js';

/** As an operator is promised. */
const WITHIN = 10_000;

describe('a Kafka that hangs and keeps its connections', function () {
  let kafka: Kafka | undefined;
  let nodeRed: NodeRedProcess | undefined;

  before(async function () {
    kafka = await ownKafka(this);
    await asAdmin(kafka, (admin) =>
      admin.createTopics({ topics: [{ topic: 'work' }], waitForLeaders: true }),
    );
  });
  after(async () => {
    kafka?.nodes[0]?.goOn();
    await nodeRed?.stop();
    await kafka?.stop();
  });

  it('is an alarm within ten seconds, though nothing is sent, and none when it goes on', async () => {
    const [server] = kafka!.nodes;
    nodeRed = await NodeRedProcess.start({
      flows: [
        { id: 'tab', type: 'tab' },
        {
          ...{ id: 'cluster', type: 'gridwire-broker', name: 'the log', transport: 'kafka' },
          kafkaBrokers: kafka!.brokers,
        },
        {
          ...{ id: 'in', z: 'tab', type: 'gridwire-subscribe', broker: 'cluster', contract: '' },
          ...{ filter: 'work', qos: '1', wires: [[], []] },
        },
        { id: 'alarm', z: 'tab', type: 'gridwire-alarm', wires: [['print']] },
        {
          ...{ id: 'print', z: 'tab', type: 'function', outputs: 0, wires: [] },
          func: 'node.warn(`ALARM ${msg.payload.change} ${msg.payload.name} ${msg.payload.subject}.`);',
        },
      ],
    });
    await nodeRed.waitForLine(/gridwire-broker:the log\] Connected/);
    const from = nodeRed.lines.length;
    server?.hang();
    await nodeRed.waitForLine(/ALARM active broker-away the log\./, WITHIN, from);
    const report = (await (await nodeRed.admin.request('gridwire/health')).json()) as HealthReport;
    assert.deepEqual([report.status, report.ready], ['unhealthy', false]);
    assert.match(report.problems[0]?.text ?? '', /has not answered for \d+ s\. .*whether it hangs/);
    server?.goOn();
    await nodeRed.waitForLine(/ALARM cleared broker-away the log\./, 3 * WITHIN, from);
  });
});
