import assert from 'node:assert/strict';
import { Contract } from '../../../src/contracts/contract.js';
import { ecogridEms } from '../../../src/contracts/ecogrid-ems/contract.js';
import { GridwireError } from '../../../src/errors.js';
import type { InboundMessage } from '../../../src/event.js';

const contract = new Contract(ecogridEms);

function inbound(topic: string, body: string | Buffer): InboundMessage {
  return {
    topic,
    body: Buffer.from(body),
    qos: 1,
    retain: false,
    headers: {},
    receivedAt: Date.parse('2025-10-04T10:15:00Z'),
    redelivered: false,
  };
}

function code(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof GridwireError, String(error));
    return error.code;
  }
  return 'nothing thrown';
}

describe('contract ecogrid-ems', () => {
  for (const type of contract.types) {
    it(`round trip of ${type.name}: build, serialise, parse, equal`, () => {
      const event = contract.build(type.name, {
        payload: type.data.example,
        parameters: type.data.exampleParameters ?? {},
      });
      const wire = contract.serialise(event);
      const back = contract.parse({ ...wire, receivedAt: Date.now(), redelivered: false });
      assert.deepEqual(back.envelope, event.envelope);
      assert.equal(back.type, type.name);
      assert.equal(back.key, event.key);
      assert.deepEqual(back.parameters, event.parameters);
    });
  }

  it('has the QoS of the document: telemetry 1, commands 2, status 1', () => {
    assert.equal(contract.type('telemetry').data.qos, 1);
    assert.equal(contract.type('commands').data.qos, 2);
    assert.equal(contract.type('status').data.qos, 1);
  });

  it("writes the domain event's members in the document's order, keyed by serial number", () => {
    const example = contract.type('device-telemetry').data.example;
    const event = contract.build('device-telemetry', { payload: example });
    assert.equal(JSON.stringify(event.envelope), JSON.stringify(example));
    assert.equal(event.key, 'INV-001');
    assert.equal(event.topic, 'device-telemetry');
  });

  it('takes the topic parameters from the message topic', () => {
    const event = contract.parse(inbound('sites/1/devices/INV-001/telemetry', '{"powerKw": 45.2}'));
    assert.deepEqual(event.parameters, { siteId: '1', serialNumber: 'INV-001' });
    assert.deepEqual(event.payload, { powerKw: 45.2 });
  });

  it('gives commands an expiry', () => {
    const event = contract.build('commands', {
      payload: { command: 'stop' },
      parameters: { siteId: '1', serialNumber: 'INV-001' },
      now: 1000,
    });
    assert.equal(event.expiresAt, 61_000);
  });

  it('builds the subscription filter and the dead-letter topic', () => {
    assert.equal(contract.type('telemetry').topic.filter(), 'sites/+/devices/+/telemetry');
    assert.equal(contract.deadLetterTopic('device-telemetry'), 'device-telemetry-dlt');
  });

  it('keeps topics apart that begin with a slash, whatever the prefix', () => {
    const withSlash = structuredClone(ecogridEms);
    for (const type of Object.values(withSlash.types)) type.topic = `/${type.topic}`;
    for (const prefix of ['plant7', 'plant7/', '/']) {
      const [plain, slashed] = [ecogridEms, withSlash].map((data) => new Contract(data, { prefix }));
      const [one, other] = [plain, slashed].map((each) => each!.types[0]!.topic.text);
      const { topic } = Object.values(ecogridEms.types)[0]!;
      assert.equal(other, one!.replace(topic, `/${topic}`));
      assert.notEqual(one, other);
    }
  });

  it("puts the broker's prefix before every topic and finds the type again", () => {
    const prefixed = new Contract(ecogridEms, { prefix: 'plant7/' });
    const event = prefixed.build('device-telemetry', {
      payload: prefixed.type('device-telemetry').data.example,
    });
    assert.equal(event.topic, 'plant7/device-telemetry');
    assert.equal(
      prefixed.parse(inbound('plant7/sites/1/devices/A/status', '{"status":"online"}')).type,
      'status',
    );
    assert.equal(prefixed.deadLetterTopic(event.topic), 'plant7/device-telemetry-dlt');
  });

  const topic = 'sites/1/devices/INV-001/telemetry';
  const refused: [string, string, string | Buffer, string][] = [
    ['not JSON', topic, 'hello', 'BODY_NOT_JSON'],
    ['empty', topic, '', 'BODY_EMPTY'],
    ['wrong types', topic, '{"powerKw":"high"}', 'SCHEMA_VIOLATION'],
    ['an array', topic, '[1]', 'SCHEMA_VIOLATION'],
    ['NaN', topic, '{"powerKw":NaN}', 'BODY_NOT_JSON'],
    ['wrong topic shape', 'sites/1/INV-001', '{}', 'TOPIC_UNKNOWN'],
    ['unknown suffix', 'sites/1/devices/INV-001/weather', '{}', 'TOPIC_UNKNOWN'],
    [
      'serial with a control character',
      'sites/1/devices/INV\u0007/telemetry',
      '{"powerKw":1}',
      'IDENTIFIER_ILLEGAL',
    ],
    ['site that is no number', 'sites/one/devices/INV-001/telemetry', '{"powerKw":1}', 'IDENTIFIER_ILLEGAL'],
    ['too large', topic, Buffer.alloc(2_000_000, 0x20), 'BODY_TOO_LARGE'],
    ['nested to depth 10,000', topic, '['.repeat(10_000), 'BODY_TOO_DEEP'],
    ['duplicate keys', topic, '{"powerKw":1,"powerKw":2}', 'BODY_DUPLICATE_KEY'],
    ['duplicate keys, one escaped', topic, '{"powerKw":1,"power\\u004bw":2}', 'BODY_DUPLICATE_KEY'],
    ['a prototype key', topic, '{"__proto__":{"a":1},"powerKw":1}', 'BODY_UNSAFE_KEY'],
    ['constructor.prototype', topic, '{"constructor":{"prototype":{}},"powerKw":1}', 'BODY_UNSAFE_KEY'],
    ['bytes that are not UTF-8', topic, Buffer.from([0x7b, 0xff, 0x7d]), 'BODY_NOT_TEXT'],
    ['a bad timestamp', topic, '{"powerKw":1,"timestamp":"yesterday"}', 'TIME_INVALID'],
    ['a day that does not exist', topic, '{"powerKw":1,"timestamp":"2025-02-30T00:00:00Z"}', 'TIME_INVALID'],
    ['an unknown status', 'sites/1/devices/A/status', '{"status":"SLEEPING"}', 'SCHEMA_VIOLATION'],
  ];
  for (const [name, onTopic, body, expected] of refused) {
    it(`refuses ${name} with ${expected}`, () => {
      assert.equal(
        code(() => contract.parse(inbound(onTopic, body))),
        expected,
      );
    });
  }

  it('says where a violation is, what was expected and what was found', () => {
    try {
      contract.parse(inbound(topic, '{"powerKw":"high","voltage":true}'));
      assert.fail('accepted');
    } catch (error) {
      assert.ok(error instanceof GridwireError);
      assert.deepEqual(error.details['violations'], [
        { path: '/powerKw', rule: 'type', expected: 'must be number', found: '"high"' },
        { path: '/voltage', rule: 'type', expected: 'must be number', found: 'true' },
      ]);
    }
  });
});
