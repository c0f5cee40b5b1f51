import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ecogridEms } from '../../../../src/contracts/ecogrid-ems/contract.js';
import {
  type Failure,
  deadLetter,
  originalBody,
  recordedOriginal,
} from '../../../../src/delivery/letters/dead-letters.js';
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
      assert.deepEqual(recorded['payload_headers'], { ...headers, bytes: { base64: '/w==' } });
      assert.equal(recorded['payload_content_type'], 'text/plain');
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

  it('that are records give back the original they hold, and no other body is taken for one', () => {
    const record = { ...rule, form: 'record' } as const;
    const { topic } = failure(Buffer.alloc(0));
    for (const text of ['{"a": 1}', '{"a":1}', 'no JSON', '', '{"n":1e999}', '\ufeff{}', '"x"']) {
      const failed = { ...failure(Buffer.from(text)), contentType: 'text/plain' };
      const { body } = deadLetter(failed, record, 'x-dlt', 'gridwire');
      const original = recordedOriginal(body, topic, record);
      assert.deepEqual(
        [Buffer.from(original?.body ?? []).toString(), original?.contentType],
        [text, 'text/plain'],
      );
      assert.equal(recordedOriginal(body, 'another/topic', record), undefined);
      assert.equal(recordedOriginal(body, topic, { ...rule, form: 'original' }), undefined);
    }
    for (const other of ['{"original_topic":"t"}', '[]', '{', '']) {
      assert.equal(recordedOriginal(Buffer.from(other), 't', record), undefined);
    }
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
