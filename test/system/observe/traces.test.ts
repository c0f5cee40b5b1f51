import assert from 'node:assert/strict';
import mqtt from 'mqtt';
import type { Kafka } from '../../../scripts/services/index.js';
import { mqttBroker } from '../../support/flows.js';
import { emptyKafka } from '../../support/kafka.js';
import { asAdmin } from '../../support/kafka-admin.js';
import { type CrashableMosquitto, startMosquitto } from '../../support/mosquitto.js';
import type { FlowNode } from '../../support/node-red-admin.js';
import { NodeRedProcess } from '../../support/node-red-process.js';
import { SDK, type Span, spanOf } from '../../support/tracing/spans.js';

const DEVICE = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
const TRACEPARENT = `00-${DEVICE.traceId}-${DEVICE.spanId}-01`;
const PATIENCE = 30_000;
/** OpenTelemetry's numbers. */
const [PRODUCER, CONSUMER, ERROR] = [3, 4, 2];

function flow(port: number, brokers: string, more: Partial<FlowNode> = {}): FlowNode[] {
  const contract = { z: 'tab', contract: 'ecogrid-ems', dialect: 'documented', parameters: [], qos: '1' };
  return [
    { id: 'tab', type: 'tab' },
    mqttBroker('site', port, { protocolVersion: '5' }),
    {
      ...{ id: 'log', type: 'gridwire-broker', transport: 'kafka', kafkaBrokers: brokers },
      ...{ clientId: 'traces', compression: 'none', reconnectMinimum: '1', reconnectMaximum: '1' },
    },
    {
      ...{ id: 'devices', type: 'gridwire-devices', policy: 'onboard' },
      devices: [{ serialNumber: 'INV-001', id: 123, type: 'SOLAR_INVERTER', site: 1 }],
    },
    {
      ...{ ...contract, id: 'ingest', type: 'gridwire-ingest', broker: 'site' },
      ...{ devices: 'devices', wires: [['publish'], [], []] },
    },
    {
      ...{ ...contract, id: 'publish', type: 'gridwire-publish', broker: 'log' },
      ...{ eventType: '', wires: [[]], ...more },
    },
    {
      ...{ ...contract, id: 'consume', type: 'gridwire-subscribe', broker: 'log' },
      ...{ eventType: 'device-telemetry', filter: '', startAt: 'earliest', wires: [[], []] },
      cloudEvents: more['cloudEvents'] !== undefined,
    },
  ];
}

describe('one trace, from a device over MQTT 5 through Node-RED to Kafka and its consumer', function () {
  this.timeout(240_000);
  let mosquitto: CrashableMosquitto | undefined;
  let kafka: Kafka | undefined;

  before(async function () {
    mosquitto = await startMosquitto(this);
    kafka = await emptyKafka(this);
    await asAdmin(kafka, async (admin) => {
      await admin.createTopics({ topics: [{ topic: 'device-telemetry' }] });
    });
  });
  after(async () => {
    await kafka?.stop();
    await mosquitto?.stop();
  });

  async function started(more: Partial<FlowNode> = {}): Promise<NodeRedProcess> {
    const nodeRed = await NodeRedProcess.start({
      flows: flow(mosquitto?.port ?? 0, kafka?.brokers ?? '', more),
      env: { NODE_OPTIONS: `--require ${SDK}` },
    });
    await nodeRed.waitForLine(/gridwire-broker:site\] Connected/);
    await nodeRed.waitForLine(/gridwire-broker:log\] Connected/, PATIENCE);
    return nodeRed;
  }

  /** As a device that takes part in the trace; retained, for a Node-RED that is about to be started. */
  async function publish(body: string): Promise<void> {
    const client = await mqtt.connectAsync({
      host: '127.0.0.1',
      port: mosquitto?.port ?? 0,
      protocolVersion: 5,
    });
    const properties = { userProperties: { traceparent: TRACEPARENT } };
    await client.publishAsync('sites/1/devices/INV-001/telemetry', body, {
      qos: 1,
      retain: true,
      properties,
    });
    await client.endAsync();
  }

  const span = (nodeRed: NodeRedProcess, operation: string, node: string): Promise<Span> =>
    spanOf(nodeRed, operation, node);

  for (const [form, more] of [
    ['in headers', {}],
    ['in a CloudEvent of one document', { cloudEvents: 'structured' }],
    ['in the attributes of a CloudEvent', { cloudEvents: 'binary' }],
  ] as const) {
    it(`has the right parents: ${form}`, async () => {
      await publish('{"powerKw":45.2}');
      const nodeRed = await started(more);
      try {
        const process = await span(nodeRed, 'process', 'ingest');
        const send = await span(nodeRed, 'send', 'publish');
        const consume = await span(nodeRed, 'process', 'consume');
        assert.deepEqual(
          [process, send, consume].map(({ traceId, parent, kind }) => ({ traceId, parent, kind })),
          [
            { traceId: DEVICE.traceId, parent: DEVICE.spanId, kind: CONSUMER },
            { traceId: DEVICE.traceId, parent: process.spanId, kind: PRODUCER },
            { traceId: DEVICE.traceId, parent: send.spanId, kind: CONSUMER },
          ],
        );
        assert.equal(send.name, 'send device-telemetry');
        assert.equal(send.attributes['messaging.system'], 'kafka');
        assert.equal(send.attributes['messaging.operation.type'], 'send');
        assert.equal(process.attributes['messaging.system'], 'mqtt');
        assert.equal(process.attributes['messaging.destination.name'], 'sites/1/devices/INV-001/telemetry');
      } finally {
        await nodeRed.stop();
      }
    });
  }

  it('says of a step that failed why it did', async () => {
    await publish('{"powerKw":45.2}');
    const nodeRed = await started({ eventType: 'site-metrics' });
    try {
      const send = await span(nodeRed, 'send', 'publish');
      assert.equal(send.status.code, ERROR);
      assert.equal(send.traceId, DEVICE.traceId);
      assert.match(String(send.attributes['error.type']), /^[A-Z_]+$/);
    } finally {
      await nodeRed.stop();
    }
  });
});
