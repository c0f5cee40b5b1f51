import assert from 'node:assert/strict';
import mqtt, { type MqttClient } from 'mqtt';
import { ecogridEms } from '../../src/contracts/ecogrid-ems/contract.js';
import { originalBody } from '../../src/delivery/letters/record.js';
import type { ErrorCode } from '../../src/errors.js';
import type { JsonObject } from '../../src/event.js';
import { ecogridPipeline, mqttBroker } from '../support/flows.js';
import { type CrashableMosquitto, startMosquitto } from '../support/mosquitto.js';
import { NodeRedProcess } from '../support/node-red-process.js';
import { until } from '../support/wait.js';

interface Bad {
  topic: string;
  body: Buffer;
  code: ErrorCode;
}

const TOPIC = 'sites/1/devices/INV-001/telemetry';
const bad = (code: ErrorCode, body: string | Buffer, topic = TOPIC): Bad => ({
  topic,
  code,
  body: Buffer.from(body),
});

/** Ten ways in which a device can be wrong. `n` makes each body its own. */
const BAD_WAYS: ((n: number) => Bad)[] = [
  (n) => bad('BODY_NOT_JSON', `hello ${n}`),
  () => bad('BODY_EMPTY', ''),
  (n) => bad('SCHEMA_VIOLATION', `{"powerKw":"high ${n}"}`),
  (n) => bad('TOPIC_UNKNOWN', `{"powerKw":${n}}`, 'sites/1/INV-001/telemetry'),
  (n) => bad('TOPIC_UNKNOWN', `{"powerKw":${n}}`, 'sites/1/devices/INV-001/weather'),
  (n) => bad('IDENTIFIER_ILLEGAL', `{"powerKw":${n}}`, 'sites/1/devices/ INV-001/telemetry'),
  (n) => bad('BODY_TOO_LARGE', `{"powerKw":${n},"filler":"${'x'.repeat(1_100_000)}"}`),
  (n) =>
    n % 2 === 0
      ? bad('BODY_DUPLICATE_KEY', `{"powerKw":${n},"powerKw":0}`)
      : bad('BODY_UNSAFE_KEY', `{"powerKw":${n},"__proto__":{"admin":true}}`),
  (n) => bad('BODY_NOT_TEXT', Buffer.from([0x7b, 0xff, n & 0xff, 0x7d])),
  (n) => bad('TIME_INVALID', `{"powerKw":${n},"timestamp":"yesterday"}`),
];

interface Letter {
  code: string;
  topic: string;
  body: Buffer;
}

for (const version of [4, 5] as const) {
  describe(`EcoGrid pipeline over MQTT ${version === 4 ? '3.1.1' : '5'} (Mosquitto)`, function () {
    this.timeout(120_000);
    let mosquitto: CrashableMosquitto | undefined;
    let nodeRed: NodeRedProcess | undefined;
    let client: MqttClient | undefined;
    const events: JsonObject[] = [];
    const letters: Letter[] = [];

    before(async function () {
      mosquitto = await startMosquitto(this);
      client = await mqtt.connectAsync({ host: '127.0.0.1', port: mosquitto.port, protocolVersion: version });
      client.on('message', (topic, body, packet) => {
        if (topic === 'device-telemetry') events.push(JSON.parse(body.toString()) as JsonObject);
        else
          letters.push(
            version === 5 ? fromHeaders(body, packet.properties?.userProperties) : fromRecord(body),
          );
      });
      await client.subscribeAsync(['device-telemetry', 'device-telemetry-dlt'], { qos: 1 });
      const broker = mqttBroker('broker', mosquitto.port, { protocolVersion: String(version) });
      nodeRed = await NodeRedProcess.start({ flows: ecogridPipeline(broker) });
      await nodeRed.waitForLine(/gridwire-broker:broker\] Connected/);
      await subscribed(mosquitto.port, events);
    });

    after(async () => {
      await client?.endAsync();
      await nodeRed?.stop();
      await mosquitto?.stop();
    });

    it('turns 1,000 messages, 50 of them bad in ten ways, into 950 events and 50 dead letters, nothing twice', async () => {
      const sent: Bad[] = [];
      for (let n = 0; n < 1000; n += 1) {
        if (n % 20 === 19) {
          const message = BAD_WAYS[sent.length % BAD_WAYS.length]!(n);
          sent.push(message);
          await client!.publishAsync(message.topic, message.body, { qos: 1 });
        } else {
          await client!.publishAsync(TOPIC, JSON.stringify({ powerKw: n }), { qos: 1 });
        }
      }
      // Topics keep their order, so once the last ones are here nothing else is on its way.
      await client!.publishAsync(TOPIC, JSON.stringify({ powerKw: -1 }), { qos: 1 });
      await client!.publishAsync(TOPIC, 'the end', { qos: 1 });
      await until('the last event has come', () => powers(events).includes(-1), 60_000);
      await until(
        'the last letter has come',
        () => letters.some(({ body }) => body.toString() === 'the end'),
        60_000,
      );

      const expected = Array.from({ length: 1000 }, (_, n) => n).filter((n) => n % 20 !== 19);
      assert.deepEqual(powers(events), [...expected, -1]);
      for (const event of events) {
        assert.equal(event['serialNumber'], 'INV-001');
        assert.equal(event['deviceId'], 123);
        assert.equal(event['deviceType'], 'SOLAR_INVERTER');
        assert.equal(event['siteId'], 1);
        assert.equal(event['eventType'], 'DEVICE_TELEMETRY');
        assert.ok(Date.parse(event['timestamp'] as string) > 0);
      }
      const describe = ({ code, topic, body }: Bad | Letter): string =>
        `${code} ${topic} ${body.toString('base64')}`;
      assert.deepEqual(letters.slice(0, -1).map(describe), sent.map(describe));
      assert.equal(letters.length, 51);
      assert.ok(nodeRed!.isRunning);
    });
  });
}

function powers(events: JsonObject[]): unknown[] {
  return events.map((event) => (event['telemetryData'] as JsonObject)['powerKw']);
}

/** Waits until the ingest's subscription works, by a probe, and forgets what the probe caused. */
async function subscribed(port: number, events: JsonObject[]): Promise<void> {
  const probe = await mqtt.connectAsync({ host: '127.0.0.1', port });
  const timer = setInterval(() => void probe.publish(TOPIC, '{"powerKw":-2}', { qos: 0 }), 100);
  await until('the ingest has subscribed', () => events.length > 0, 20_000);
  clearInterval(timer);
  // The probes are in one topic's order: when the last one has come, all have.
  probe.publish(TOPIC, '{"powerKw":-3}', { qos: 0 });
  await until('the last probe has come', () => powers(events).includes(-3));
  await probe.endAsync();
  events.length = 0;
}

function fromRecord(body: Buffer): Letter {
  const record = JSON.parse(body.toString()) as JsonObject;
  return {
    code: record['failure_code'] as string,
    topic: record['original_topic'] as string,
    body: originalBody(record, ecogridEms.deadLetter),
  };
}

function fromHeaders(body: Buffer, headers: Record<string, string | string[]> = {}): Letter {
  return {
    code: String(headers['gridwire-failure-code']),
    topic: String(headers['gridwire-original-topic']),
    body: Buffer.from(body),
  };
}
