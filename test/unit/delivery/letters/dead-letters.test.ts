import assert from 'node:assert/strict';
import fc from 'fast-check';
import { recordOf } from '../../../../src/brokers/kafka/cluster/record.js';
import { ecogridEms } from '../../../../src/contracts/ecogrid-ems/contract.js';
import { deadLetter } from '../../../../src/delivery/letters/dead-letters.js';
import type { Failure } from '../../../../src/delivery/letters/failure.js';
import { originalBody } from '../../../../src/delivery/letters/record.js';
import { trustedLetter } from '../../../../src/delivery/letters/trusted-letter.js';
import { BOUNDS } from '../../../../src/bounds.js';
import { Contract } from '../../../../src/contracts/contract.js';
import { builtInContract } from '../../../../src/contracts/library/built-in.js';
import type { JsonObject } from '../../../../src/event.js';

const rule = ecogridEms.deadLetter;

function failure(body: Uint8Array): Failure {
  return {
    topic: 'sites/1/devices/INV-001/telemetry',
    body,
    headers: { source: 'gateway-7' },
    key: 'INV-001',
    error: { code: 'BODY_NOT_JSON', message: 'The message is not JSON.', fault: 'permanent' },
    time: Date.parse('2025-10-04T10:15:00Z'),
  };
}

describe('dead letters', () => {
  it('keep the original bytes as the body and put the reason into headers', () => {
    const letter = deadLetter(failure(Buffer.from([0xff, 0x00])), rule, 'device-telemetry-dlt', 'gridwire');
    assert.deepEqual([...letter.body], [0xff, 0x00]);
    assert.deepEqual(letter.headers, {
      source: 'gateway-7',
      'gridwire-original-topic': 'sites/1/devices/INV-001/telemetry',
      'gridwire-failure-code': 'BODY_NOT_JSON',
      'gridwire-failure-reason': 'The message is not JSON.',
      'gridwire-failure-class': 'permanent',
      'gridwire-failure-time': '2025-10-04T10:15:00.000Z',
    });
    assert.equal(letter.key, 'INV-001');
  });

  it('become a record where the broker carries no headers', () => {
    const letter = deadLetter(failure(Buffer.from('hello')), rule, 'device-telemetry-dlt', undefined);
    assert.deepEqual(JSON.parse(Buffer.from(letter.body).toString()), {
      original_topic: 'sites/1/devices/INV-001/telemetry',
      failure_reason: 'The message is not JSON.',
      failure_code: 'BODY_NOT_JSON',
      failure_timestamp: '2025-10-04T10:15:00.000Z',
      payload: 'hello',
      payload_headers: { source: 'gateway-7' },
      payload_key: 'INV-001',
    });
  });

  it('lose no header and no content type of the original, whatever their form and their broker', () => {
    const headers = { a: ['1', '2'], none: null, bytes: Buffer.from([0xff]), '': 'empty' };
    const failed = {
      ...failure(Buffer.from('hello')),
      headers,
      headerOrder: ['a', 'none', 'a', 'bytes', ''],
    };
    const typed = { ...failed, contentType: 'text/plain' };
    for (const form of ['original', 'record'] as const) {
      const carried = deadLetter(typed, { ...rule, form }, 'x-dlt', 'gridwire');
      assert.deepEqual({ ...carried.headers, ...headers }, carried.headers);
      assert.deepEqual(carried.headerOrder, failed.headerOrder);
      const recorded = JSON.parse(
        Buffer.from(deadLetter(typed, { ...rule, form }, 'x-dlt', undefined).body).toString(),
      ) as JsonObject;
      const written = [
        ['a', '1'],
        ['none', null],
        ['a', '2'],
        ['bytes', { base64: '/w==' }],
        ['', 'empty'],
      ];
      assert.deepEqual(recorded['payload_headers'], written);
      assert.equal(recorded['payload_content_type'], 'text/plain');
    }
  });

  it('that are records can be written to Kafka with a content type that was given twice, or without a value', () => {
    for (const contentType of [['a/b', 'c/d'], null]) {
      const failed = { ...failure(Buffer.from('hello')), headers: { 'content-type': contentType } };
      const letter = deadLetter(failed, { ...rule, form: 'record' }, 'x-dlt', 'gridwire');
      assert.deepEqual([letter.headers['content-type'], letter.contentType], [contentType, undefined]);
      // Another content type beside it would be refused here.
      recordOf(letter);
    }
  });

  it('hold a JSON object as an object, however it is spaced, and its bytes beside it', () => {
    const record = { ...rule, form: 'record' } as const;
    const payloadOf = (text: string): JsonObject => {
      const letter = deadLetter(failure(Buffer.from(text)), record, 'x-dlt', undefined);
      const document = JSON.parse(Buffer.from(letter.body).toString()) as JsonObject;
      assert.equal(originalBody(document, rule).toString(), text);
      return document;
    };
    const compact = payloadOf('{"kind":"a","n":[1.5]}');
    assert.deepEqual(compact['payload'], { kind: 'a', n: [1.5] });
    assert.equal(compact['payload_original'], undefined);
    for (const text of [
      '{"kind": "a", "n": [1.5]}',
      '{\n  "kind": "a",\n  "n": [1.50]\n}\n',
      ' {"kind":"\\u0061","n":[15e-1]}',
    ])
      assert.deepEqual(payloadOf(text)['payload'], { kind: 'a', n: [1.5] }, text);
    // What would not be the same when it is read stays as it was written.
    for (const text of ['{"n": 12345678901234567890}', '{"n": 1e999}', '{"a": 1, "a": 2}', '[1, 2]', '{"a"'])
      assert.equal(payloadOf(text)['payload'], text);
  });

  const taylordash = new Contract(builtInContract('taylordash'));

  it('that are records give back the original they hold, and no other body is taken for one', () => {
    const record = taylordash.data.deadLetter;
    for (const text of ['{"a": 1}', '{"a":1}', 'no JSON', '', '{"n":1e999}', '\ufeff{}', '"x"']) {
      const failed = { ...failure(Buffer.from(text)), contentType: 'text/plain' };
      const letter = deadLetter(failed, record, 'x-dlt', 'gridwire');
      const { original } = trustedLetter(letter, taylordash) ?? {};
      assert.deepEqual(
        [Buffer.from(original?.body ?? []).toString(), original?.contentType],
        [text, 'text/plain'],
      );
      // Headers of another message beside it: what they say counts, and the body is as it came.
      const headers = { ...letter.headers, 'gridwire-original-topic': 'another/topic' };
      assert.deepEqual(trustedLetter({ ...letter, headers }, taylordash)?.original.body, letter.body);
    }
    for (const other of ['{"original_topic":"t"}', '[]', '{', ''])
      assert.equal(
        trustedLetter({ topic: 'x-dlt', headers: {}, body: Buffer.from(other) }, taylordash),
        undefined,
      );
  });

  it('of a broker without headers, and of the system itself, are known by their body, with all they hold', () => {
    const failed: Failure = {
      ...failure(Buffer.from([0xff])),
      headers: { a: ['1', Buffer.from([0xfe])], __proto_: 'x', none: null },
      headerOrder: ['a', 'none', 'a', '__proto_'],
      key: Buffer.from([0xfd]),
      ...{ contentType: 'text/plain', responseTopic: 'answers', correlationData: Buffer.from([1]) },
      expiresAt: 4_000_000_000_123,
    };
    Object.defineProperty(failed.headers, '__proto__', { value: 'own', enumerable: true });
    const ecogrid = new Contract(builtInContract('ecogrid-ems'));
    for (const contract of [ecogrid, taylordash, undefined]) {
      const letter = deadLetter(failed, contract?.data.deadLetter ?? rule, 'x-dlt', undefined);
      const read = trustedLetter(letter, contract);
      const { topic, error: _error, time: _time, ...held } = failed;
      const order = [...(failed.headerOrder ?? []), '__proto__'];
      assert.deepEqual(read?.original, { ...held, headerOrder: order });
      assert.deepEqual(read.failure, {
        ...{ topic, code: 'BODY_NOT_JSON', reason: 'The message is not JSON.' },
        failedAt: '2025-10-04T10:15:00.000Z',
      });
      assert.equal(trustedLetter({ ...letter, topic: 'sites/1/devices/A/telemetry' }, contract), undefined);
    }
    // As TaylorDash's own processor writes one.
    const theirs = {
      ...{ original_topic: 'tracker/events/a/b', failure_reason: 'no', failure_timestamp: 'today' },
      payload: { kind: 'x' },
    };
    const body = Buffer.from(JSON.stringify(theirs));
    const read = trustedLetter({ topic: 'tracker/dlq/tracker_events_a_b', headers: {}, body }, taylordash);
    assert.deepEqual(read?.original, { body: Buffer.from('{"kind":"x"}'), headers: {} });
  });

  it('say when the original expires in every dialect, and do not expire themselves', () => {
    for (const dialect of ['gridwire', 'kafka-connect', 'spring'] as const) {
      const letter = deadLetter({ ...failure(Buffer.from('x')), expiresAt: 4e12 }, rule, 'x-dlt', dialect);
      assert.equal(letter.expiresAt, undefined);
      const read = trustedLetter(letter, undefined);
      assert.deepEqual([read?.original.expiresAt, read?.original.headers], [4e12, { source: 'gateway-7' }]);
    }
  });

  it('are written for a message with as many headers as there may be, and say what had no room', () => {
    const many = Object.fromEntries(Array.from({ length: BOUNDS.headers }, (_each, at) => [`h${at}`, '1']));
    const letter = deadLetter({ ...failure(Buffer.from('x')), headers: many }, rule, 'x-dlt', 'gridwire');
    assert.equal(Object.keys(letter.headers).length, BOUNDS.headers);
    const read = trustedLetter(letter, undefined);
    const kept = Object.keys(read?.original.headers ?? {}).length;
    assert.equal(read?.failure.headersLeftOut, BOUNDS.headers - kept);
    const recorded = deadLetter({ ...failure(Buffer.from('x')), headers: many }, rule, 'x-dlt', undefined);
    assert.deepEqual(trustedLetter(recorded, undefined)?.original.headers, many);
  });

  for (const form of ['original', 'record'] as const) {
    it(`give back every byte of the original from a record (${form})`, () => {
      fc.assert(
        fc.property(
          fc.oneof(
            fc.uint8Array(),
            fc.json().map((text) => Buffer.from(text)),
          ),
          (body) => {
            const letter = deadLetter(failure(body), { ...rule, form }, 'x-dlt', undefined);
            const document = JSON.parse(Buffer.from(letter.body).toString()) as JsonObject;
            assert.deepEqual([...originalBody(document, rule)], [...body]);
          },
        ),
      );
    });
  }
});
