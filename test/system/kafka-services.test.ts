import assert from 'node:assert/strict';
import path from 'node:path';
import type { Kafka } from '../../scripts/services/index.js';
import { type JavaProgram, javaProgram } from '../support/java-program.js';
import { emptyKafka } from '../support/kafka.js';
import { asAdmin } from '../support/kafka-admin.js';
import type { FlowNode } from '../support/node-red-admin.js';
import { NodeRedProcess } from '../support/node-red-process.js';
import { printingNodes } from '../support/status-flow.js';

const PATIENCE = 90_000;
const SPRING = '3.3.4';
const TYPES = ['device-telemetry', 'device-status', 'site-bms-aggregation'];

describe("EcoGrid's services and Gridwire on Kafka, by Spring's own JSON serialiser and deserialiser", function () {
  this.timeout(300_000);
  let services: JavaProgram | undefined;
  let kafka: Kafka | undefined;
  let nodeRed: NodeRedProcess | undefined;

  before(async function () {
    services = await javaProgram(this, {
      folder: path.join(__dirname, 'kafka-services'),
      ...{ sources: ['DeviceStatusEvent.java', 'Services.java'], main: 'Services' },
      ...{ jars: `spring-kafka-json-${SPRING}`, what: `Spring for Apache Kafka ${SPRING} with Jackson` },
    });
    kafka = await emptyKafka(this);
    const topics = [...TYPES, ...TYPES.map(toOut)].map((topic) => ({ topic, numPartitions: 2 }));
    await asAdmin(kafka, (admin) => admin.createTopics({ topics }));
    nodeRed = await NodeRedProcess.start({ flows: flow(kafka.brokers) });
    await nodeRed.waitForLine(/gridwire-broker:kafka-in\] Connected/);
  });
  after(async () => {
    await nodeRed?.stop();
    await kafka?.stop();
    services?.remove();
  });

  it('reads what Spring writes: lists of numbers as times, the site from the key', async () => {
    await services!.run('write', kafka!.brokers);
    const times = ['2026-11-29T09:53:56.000Z', '2026-11-29T09:53:00.000Z', '2026-11-29T09:53:56.193Z'];
    for (const time of times)
      await nodeRed!.waitForLine(new RegExp(`EVENT device-telemetry 1 ${time} {}`), PATIENCE);
    await nodeRed!.waitForLine(/EVENT device-status BMS-SITE1-001 2026-11-29T10:16:49.193Z {}/, PATIENCE);
    await nodeRed!.waitForLine(
      /EVENT site-bms-aggregation 2 2026-11-29T10:16:29.001Z {"siteId":"2"}/,
      PATIENCE,
    );
  });

  it('writes what Spring reads: its type headers, and times that are a LocalDateTime', async () => {
    for (const type of TYPES) await nodeRed!.admin.inject(`make-${type}`);
    const read = async (type: string): Promise<string> =>
      (await services!.run('read', kafka!.brokers, toOut(type), '1')).trim();
    const now = /\[20\d\d, \d+, \d+, \d+, \d+(, \d+)?(, \d+)?\]/;
    const telemetry = await read('device-telemetry');
    assert.match(
      telemetry,
      /^7\|java.util.HashMap \{deviceId=7, deviceType=BMS, siteId=1, telemetry=\{soc=50\}, /,
    );
    assert.match(telemetry, now);
    assert.match(
      await read('device-status'),
      /^BMS-SITE1-001\|DeviceStatusEvent ONLINE 20\d\d-\d\d-\d\dT.* 1$/,
    );
    const figures = await read('site-bms-aggregation');
    assert.match(figures, /^4\|java.util.HashMap \{avgSOC=59.65, lastUpdated=/);
    assert.match(figures, now);
  });
});

/** What Gridwire writes goes to topics of its own, so that it does not read itself. */
function toOut(type: string): string {
  return `out.${type}`;
}

function flow(kafkaBrokers: string): FlowNode[] {
  const broker = { type: 'gridwire-broker', transport: 'kafka', kafkaBrokers };
  const ecogrid = { z: 'tab', contract: 'ecogrid-ems', dialect: 'deployed' };
  const payloads: Record<string, string> = {
    'device-telemetry': '{ deviceId: 7, siteId: 1, deviceType: "BMS", telemetry: { soc: 50 } }',
    'device-status':
      '{ deviceId: 1, serialNumber: "BMS-SITE1-001", siteId: 1, previousStatus: "OFFLINE", newStatus: "ONLINE" }',
    'site-bms-aggregation': '{ avgSOC: 59.65 }',
  };
  return [
    { id: 'tab', type: 'tab', label: 'services' },
    ...printingNodes('tab'),
    { ...broker, id: 'kafka-in', clientId: 'services-in' },
    { ...broker, id: 'kafka-out', clientId: 'services-out', topicPrefix: 'out' },
    ...TYPES.flatMap((eventType): FlowNode[] => [
      {
        ...{ ...ecogrid, id: `read-${eventType}`, type: 'gridwire-subscribe', broker: 'kafka-in', eventType },
        ...{ group: `gridwire-${eventType}`, startAt: 'earliest', wires: [['print'], []] },
      },
      {
        ...{ id: `make-${eventType}`, z: 'tab', type: 'inject', props: [], repeat: '', once: false },
        wires: [[`build-${eventType}`]],
      },
      {
        ...{
          id: `build-${eventType}`,
          z: 'tab',
          type: 'function',
          outputs: 1,
          wires: [[`send-${eventType}`]],
        },
        func: `return { payload: ${payloads[eventType]}, parameters: { siteId: 4 } };`,
      },
      {
        ...{ ...ecogrid, id: `send-${eventType}`, type: 'gridwire-publish', broker: 'kafka-out', eventType },
        wires: [[]],
      },
    ]),
    {
      ...{ id: 'print', z: 'tab', type: 'function', outputs: 1, wires: [[]] },
      func: 'const { type, key, time, parameters } = msg.event; node.warn(`EVENT ${type} ${key} ${new Date(time).toISOString()} ${JSON.stringify(parameters)}`);',
    },
  ];
}
