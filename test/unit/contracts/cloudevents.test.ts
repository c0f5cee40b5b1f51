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
import type { InboundMessage, JsonObject, WireMessage } from '../../../src/event.js';
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

  const sound = { specversion: '1.0', id: '1', source: '/s', type: 't' };
  const dataOf = (document: object): string =>
    Buffer.from(fromCloudEvent(inbound('a', document as JsonObject))?.data ?? []).toString();

  it('refuses one that reading would change, instead of passing it on as none', () => {
    for (const [rest, code] of [
      ['"data":{"n":9007199254740993}', 'NUMBER_INEXACT'],
      ['"data":{"a":1,"a":2}', 'BODY_DUPLICATE_KEY'],
    ] as const) {
      const body = Buffer.from(`${JSON.stringify(sound).slice(0, -1)},${rest}}`);
      assert.throws(() => fromCloudEvent(inbound('a', body)), { code });
    }
    for (const none of ['{"specversion":"1.0","n":1e999', '{"a":{"specversion":"1.0"},"n":1e999}'])
      assert.equal(fromCloudEvent(inbound('a', Buffer.from(none))), undefined);
  });

  it('tells one by a specversion at the top, wherever it stands, and by nothing below', () => {
    const late = `{"data":{"text":"${'x'.repeat(10_000)}"},"id":"1","source":"/s","type":"t","specversion":"1.0"}`;
    assert.ok(fromCloudEvent(inbound('a', Buffer.from(late))));
    const escaped = `{"\\u0073pecversion":"1.0","id":"1","source":"/s","type":"t"}`;
    assert.ok(fromCloudEvent(inbound('a', Buffer.from(escaped))));
    assert.ok(fromCloudEvent({ ...inbound('a', sound), contentType: 'application/json; charset=utf-8' }));
    const none: (JsonObject | Buffer)[] = [
      { kind: 'created', payload: { ...sound } },
      { note: '"specversion":"1.0"' },
      { specversion: 1, id: '1' },
      Buffer.from('"specversion"'),
      Buffer.from('{"specversion":"1.0",'),
    ];
    for (const body of none) assert.equal(fromCloudEvent(inbound('a', body)), undefined);
    assert.equal(fromCloudEvent({ ...inbound('a', sound), contentType: 'text/plain' }), undefined);
  });

  it('leaves text data the text it is', () => {
    assert.equal(dataOf({ ...sound, datacontenttype: 'text/plain', data: 'say "hi"\n' }), 'say "hi"\n');
    assert.equal(dataOf({ ...sound, datacontenttype: 'application/xml', data: '<a/>' }), '<a/>');
    assert.equal(dataOf({ ...sound, datacontenttype: 'application/json', data: 'text' }), '"text"');
    assert.equal(dataOf({ ...sound, datacontenttype: 'application/senml+json', data: [] }), '[]');
    assert.equal(dataOf({ ...sound, data: 'text' }), '"text"');
    assert.equal(dataOf({ ...sound, data: null }), 'null');
    assert.equal(dataOf({ ...sound, data: [-0, 1.5] }), '[0,1.5]');
    assert.equal(dataOf(sound), '');
  });

  it('keeps what an attribute says, -0 and all, and refuses a name that would vanish', () => {
    const body = Buffer.from(
      `${JSON.stringify(sound).slice(0, -1)},"zero":-0,"ten":10,"yes":true,"data":-0}`,
    );
    const read = fromCloudEvent(inbound('a', body));
    const { zero, ten, yes } = read?.attributes ?? {};
    assert.deepEqual([zero, ten, yes], ['-0', '10', 'true']);
    assert.equal(Buffer.from(read?.data ?? []).toString(), '-0');
    for (const name of ['ce___proto__', 'ce_Upper', 'ce_', 'ce_a-b']) {
      const headers = { ce_specversion: '1.0', ce_id: '7', ce_source: '/s', ce_type: 't' };
      Object.defineProperty(headers, name, { value: 'x', enumerable: true });
      assert.equal(refusal(() => fromCloudEvent({ ...inbound('a', {}), headers })).code, 'SCHEMA_VIOLATION');
    }
  });

  it('refuses data of one type in a message of another', () => {
    const kafka = { ce_specversion: '1.0', ce_id: '7', ce_source: '/s', ce_type: 't' };
    const mqtt = { ...sound };
    for (const [headers, name] of [
      [kafka, 'ce_datacontenttype'],
      [mqtt, 'datacontenttype'],
    ] as const) {
      const typed = (said: string, contentType: string) =>
        fromCloudEvent({ ...inbound('a', {}), headers: { ...headers, [name]: said }, contentType });
      assert.equal(refusal(() => typed('text/plain', 'application/json')).code, 'SCHEMA_VIOLATION');
      assert.match(refusal(() => typed('text/plain', 'application/json')).message, /datacontenttype/);
      const same = typed('Text/Plain;charset=utf-8', 'text/plain; charset=utf-8');
      assert.equal(same?.attributes['datacontenttype'], 'text/plain; charset=utf-8');
    }
    const inHeader = { ...kafka, ce_datacontenttype: 'text/plain', 'content-type': 'application/json' };
    assert.throws(() => fromCloudEvent({ ...inbound('a', {}), headers: inHeader }), {
      code: 'SCHEMA_VIOLATION',
    });
  });

  it('leaves a content type its capitals', () => {
    const headers = { ce_specversion: '1.0', ce_id: '7', ce_source: '/s', ce_type: 't' };
    const message = { ...inbound('a', {}), headers, contentType: 'multipart/mixed; boundary=AbC' };
    assert.equal(fromCloudEvent(message)?.attributes['datacontenttype'], 'multipart/mixed; boundary=AbC');
  });

  it('refuses what is meant to be one and is not', () => {
    const bad = [
      { ...sound, data: 1, data_base64: 'AAAA' },
      { ...sound, data_base64: 'no base64!' },
      { ...sound, id: '' },
      { ...sound, specversion: '0.3' },
      { ...sound, Upper: 'x' },
      { ...sound, nested: { a: 1 } },
    ];
    for (const document of bad) {
      assert.equal(refusal(() => fromCloudEvent(inbound('a', document))).code, 'SCHEMA_VIOLATION');
    }
    for (const time of ['yesterday', '0001-01-01T00:00:00Z']) {
      assert.equal(refusal(() => fromCloudEvent(inbound('a', { ...sound, time }))).code, 'TIME_INVALID');
    }
    const contentType = 'application/cloudevents-batch+json';
    assert.equal(
      refusal(() => fromCloudEvent({ ...inbound('a', [sound]), contentType })).code,
      'NOT_SUPPORTED',
    );
  });

  it('says of one in a format that is not read which one is, and reads JSON with parameters', () => {
    for (const format of ['avro', 'protobuf', 'xml', 'jsonl']) {
      const contentType = `application/cloudevents+${format}`;
      const { code, message } = refusal(() => fromCloudEvent({ ...inbound('a', sound), contentType }));
      assert.equal(code, 'NOT_SUPPORTED');
      assert.match(message, /application\/cloudevents\+json/);
    }
    for (const contentType of [
      'application/cloudevents+json; charset=UTF-8',
      'Application/CloudEvents+JSON;a=b',
    ])
      assert.equal(fromCloudEvent({ ...inbound('a', sound), contentType })?.attributes['id'], sound.id);
  });
});

describe('CloudEvents with attributes that are no text', () => {
  const headers = { ce_specversion: '1.0', ce_id: '1', ce_source: '/s', ce_type: 't' };

  it('are refused: an id would become another one', () => {
    const message = { ...inbound('t', 1), headers: { ...headers, ce_id: Buffer.from([0xff]) } };
    assert.equal(refusal(() => fromCloudEvent(message)).code, 'SCHEMA_VIOLATION');
  });

  it('or that are given twice are refused: nobody can say which was meant', () => {
    const mqtt = { specversion: '1.0', id: '1', source: '/s', type: 't' };
    for (const given of [
      { ...headers, ce_id: ['1', '2'] },
      { ...headers, ce_subject: ['a', 'a'] },
      { ...mqtt, type: ['t', 'u'] },
      { ...mqtt, specversion: ['0.3', '1.0'] },
    ]) {
      const message = { ...inbound('t', 1), headers: given };
      assert.match(refusal(() => fromCloudEvent(message)).message, /given once/);
    }
  });

  it('and other headers beside them may be anything', () => {
    const message = { ...inbound('t', 1), headers: { ...headers, trace: Buffer.from([0xff]) } };
    assert.equal(fromCloudEvent(message)?.attributes['id'], '1');
  });
});
