import assert from 'node:assert/strict';
import { contracts } from '../../../src/contracts/library/built-in.js';
import {
  type CloudEventCarrier,
  type CloudEventMode,
  fromCloudEvent,
  toCloudEvent,
  unwrapCloudEvent,
} from '../../../src/contracts/cloudevents/cloudevents.js';
import { Contract } from '../../../src/contracts/contract.js';
import type { InboundMessage, WireMessage } from '../../../src/event.js';
import { inbound, open, refusal } from './helpers/check.js';

const forms: [CloudEventMode, CloudEventCarrier][] = [
  ['binary', 'kafka'],
  ['structured', 'kafka'],
  ['binary', 'mqtt-5'],
  ['structured', 'mqtt-5'],
  ['structured', 'mqtt-3.1.1'],
];

function arriving(wire: WireMessage, carrier: CloudEventCarrier): InboundMessage {
  const { contentType, ...rest } = wire;
  const carried = carrier === 'mqtt-5' && contentType !== undefined ? { contentType } : {};
  const headers = carrier === 'mqtt-3.1.1' ? {} : wire.headers;
  return { ...rest, ...carried, headers, receivedAt: Date.now(), redelivered: false };
}

describe('CloudEvents 1.0', () => {
  for (const [mode, carrier] of forms) {
    for (const data of Object.values(contracts)) {
      it(`${data.name}: ${mode} on ${carrier}, there and back`, () => {
        const contract = new Contract(data);
        for (const type of contract.types) {
          const { example, exampleParameters = {}, exampleMembers = {} } = type.data;
          const event = contract.build(type.name, {
            payload: example,
            parameters: exampleParameters,
            members: exampleMembers,
          });
          const message = arriving(toCloudEvent(contract, event, mode, carrier), carrier);
          const attributes = fromCloudEvent(message)?.attributes ?? {};
          assert.equal(attributes['type'], `${data.name}.${type.name}`);
          assert.equal(attributes['subject'], event.topic);
          assert.equal(attributes['partitionkey'], event.key);
          const back = contract.parse(unwrapCloudEvent(message));
          assert.deepEqual(back.envelope, event.envelope);
          assert.equal(back.type, type.name);
        }
      });
    }
  }

  const contract = open('celine-dt');
  const event = contract.build('app-execution-started', {
    payload: { app_key: 'pv', request_id: 'r' },
    members: { correlation_id: 'c-1' },
    now: Date.parse('2025-01-24T10:30:00Z'),
  });

  it('names Kafka headers ce_…, and MQTT 5 user properties by the attribute alone', () => {
    const kafka = toCloudEvent(contract, event, 'binary', 'kafka');
    assert.equal(kafka.headers['ce_specversion'], '1.0');
    assert.equal(kafka.headers['ce_id'], event.envelope['id']);
    assert.equal(kafka.headers['ce_time'], '2025-01-24T10:30:00.000Z');
    assert.equal(kafka.headers['content-type'], 'application/json');
    const mqtt = toCloudEvent(contract, event, 'binary', 'mqtt-5');
    assert.equal(mqtt.headers['correlationid'], 'c-1');
    assert.equal(mqtt.contentType, 'application/json');
    assert.ok(!('content-type' in mqtt.headers));
  });

  it('is structured on MQTT 3.1.1 even when binary is asked for', () => {
    const wire = toCloudEvent(contract, event, 'binary', 'mqtt-3.1.1');
    assert.equal(
      (JSON.parse(Buffer.from(wire.body).toString()) as { specversion: string }).specversion,
      '1.0',
    );
  });

  it('lets a message that is none pass as it is', () => {
    const message = inbound('a', { hello: 1 });
    assert.equal(fromCloudEvent(message), undefined);
    assert.equal(unwrapCloudEvent(message), message);
  });

  it('reads data_base64, and headers that are bytes', () => {
    const document = { specversion: '1.0', id: '1', source: '/s', type: 't', data_base64: 'AAH/' };
    assert.deepEqual(
      Buffer.from(fromCloudEvent(inbound('a', document))?.data ?? []),
      Buffer.from([0, 1, 255]),
    );
    const headers = { ce_specversion: '1.0', ce_id: Buffer.from('7'), ce_source: '/s', ce_type: 't' };
    assert.equal(fromCloudEvent({ ...inbound('a', {}), headers })?.attributes['id'], '7');
  });

  it('refuses what is meant to be one and is not', () => {
    const sound = { specversion: '1.0', id: '1', source: '/s', type: 't' };
    const bad = [
      { ...sound, id: '' },
      { ...sound, specversion: '0.3' },
      { ...sound, Upper: 'x' },
      { ...sound, nested: { a: 1 } },
    ];
    for (const document of bad) {
      assert.equal(refusal(() => fromCloudEvent(inbound('a', document))).code, 'SCHEMA_VIOLATION');
    }
    const contentType = 'application/cloudevents-batch+json';
    assert.equal(
      refusal(() => fromCloudEvent({ ...inbound('a', [sound]), contentType })).code,
      'NOT_SUPPORTED',
    );
  });
});
