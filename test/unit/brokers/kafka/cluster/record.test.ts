import assert from 'node:assert/strict';
import type { IHeaders, KafkaMessage } from 'kafkajs';
import { messageOf, recordOf } from '../../../../../src/brokers/kafka/cluster/record.js';
import type { WireMessage } from '../../../../../src/event.js';

const ORIGIN = { topic: 'a/b', partition: 2, group: 'ems', qos: 1, redelivered: false } as const;

function received(parts: { value: Buffer | null; headers?: IHeaders; key?: Buffer }): KafkaMessage {
  return { key: null, headers: {}, timestamp: '1795000000000', attributes: 0, offset: '7', ...parts };
}

describe('Kafka records', () => {
  it('carry key, body, headers, content type and expiry there and back', () => {
    const message: WireMessage = {
      topic: 'a/b',
      body: Buffer.from('{"ä":1}'),
      key: 'INV-001',
      qos: 1,
      retain: false,
      headers: { traceparent: '00-ab', number: Uint8Array.from([0, 0, 1, 255]), text: 'ß\n' },
      contentType: 'application/json',
      expiresAt: 1_795_000_060_000,
    };
    const record = recordOf(message);
    const headers = Object.fromEntries(
      Object.entries(record.headers ?? {}).map(([name, value]) => [name, Buffer.from(value as string)]),
    );
    const back = messageOf(
      received({ key: Buffer.from(record.key as string), value: record.value as Buffer, headers }),
      ORIGIN,
    );
    assert.deepEqual(Buffer.from(back.body), message.body);
    assert.equal(back.key, 'INV-001');
    assert.equal(back.contentType, 'application/json');
    assert.equal(back.expiresAt, 1_795_000_060_000);
    assert.deepEqual(
      { ...back.headers, number: Buffer.from(back.headers['number'] as Uint8Array) },
      { traceparent: '00-ab', number: Buffer.from([0, 0, 1, 255]), text: 'ß\n' },
    );
    assert.deepEqual(back.position, {
      partition: 2,
      offset: '7',
      timestamp: 1_795_000_000_000,
      group: 'ems',
    });
  });

  it('of foreign producers are read: no value, repeated headers, numbers, invalid UTF-8, a hostile name', () => {
    const message = messageOf(
      received({
        value: null,
        headers: {
          twice: [Buffer.from('1'), Buffer.from('2')],
          long: Buffer.from([0, 0, 0, 0, 0, 0, 0, 42]),
          bytes: Buffer.from([0xff, 0xfe]),
          ['__proto__']: Buffer.from('x'),
        },
      }),
      ORIGIN,
    );
    assert.equal(message.body.length, 0);
    assert.deepEqual(message.headers['twice'], ['1', '2']);
    assert.equal(message.tombstone, true);
    assert.ok(message.headers['long'] instanceof Uint8Array);
    assert.ok(message.headers['bytes'] instanceof Uint8Array);
    assert.equal(({} as Record<string, unknown>)['x'], undefined);
  });

  it('keep a header without a value, alone and among others of its name', () => {
    const none = null as unknown as Buffer;
    const headers = { none, some: [Buffer.from('a'), none] };
    const message = messageOf(received({ value: Buffer.from('1'), headers }), ORIGIN);
    assert.deepEqual({ ...message.headers }, { none: null, some: ['a', null] });
    assert.equal('tombstone' in message, false);
  });

  it('keep keys that are no text apart, and take no buffer along that they were cut from', () => {
    const fetched = Buffer.alloc(100_000, 0x80);
    fetched[10] = 0xff;
    const one = messageOf(received({ value: fetched.subarray(0, 5), key: fetched.subarray(10, 12) }), ORIGIN);
    const other = messageOf(received({ value: null, key: fetched.subarray(20, 22) }), ORIGIN);
    assert.deepEqual(one.key, Buffer.from([0xff, 0x80]));
    assert.deepEqual(other.key, Buffer.from([0x80, 0x80]));
    assert.equal((one.key as Buffer).buffer.byteLength, 2);
    assert.equal(one.body.buffer.byteLength, 5);
    assert.deepEqual(recordOf(one).key, Buffer.from([0xff, 0x80]));
  });

  it('of a key or a header that UTF-8 cannot write are refused: two keys would become one', () => {
    const message = { topic: 'a', body: Buffer.alloc(0), qos: 1, retain: false, headers: {} } as const;
    assert.throws(() => recordOf({ ...message, key: 'a\ud800' }), { code: 'NOT_SUPPORTED' });
    assert.throws(() => recordOf({ ...message, headers: { x: ['a', '\udfff'] } }), { code: 'NOT_SUPPORTED' });
  });

  it('keep headers of reserved names that say something else', () => {
    const headers = { 'content-type': Buffer.from([0xff]), 'gridwire-expires-at': Buffer.from('soon') };
    const message = messageOf(received({ value: null, headers }), ORIGIN);
    assert.deepEqual(
      { ...message.headers },
      { 'content-type': Buffer.from([0xff]), 'gridwire-expires-at': 'soon' },
    );
    assert.equal(message.expiresAt, undefined);
  });

  it('are tombstones when a retained value is removed, and only then', () => {
    const empty = { topic: 'a', body: Buffer.alloc(0), qos: 1, headers: {} } as const;
    assert.equal(recordOf({ ...empty, retain: true }).value, null);
    assert.equal(recordOf({ ...empty, retain: false }).value?.length, 0);
    assert.equal(recordOf({ ...empty, retain: false, tombstone: true }).value, null);
  });

  const plain = { topic: 'a', body: Buffer.from('x'), qos: 1, retain: false, headers: {} } as const;

  it('keep the order of headers among different names, and where numbers and repetitions stand', () => {
    const headerNames = ['b', '2', 'content-type', 'a', 'b', '1'];
    const headers = {
      b: [Buffer.from('x'), Buffer.from('y')],
      2: Buffer.from('z'),
      'content-type': Buffer.from('text/plain'),
      a: Buffer.from('u'),
      1: Buffer.from('v'),
    };
    const message = messageOf({ ...received({ value: Buffer.from('1'), headers }), headerNames }, ORIGIN);
    assert.equal(message.contentType, 'text/plain');
    assert.deepEqual(message.headerOrder, headerNames);
    // As kafkajs goes through them.
    const written = Object.entries(recordOf(message).headers ?? {}).flatMap(([key, value]) =>
      Array.isArray(value) ? value.map((each) => ({ key, value: each })) : [{ key, value }],
    );
    assert.deepEqual(
      written.map(({ key, value }) => `${key}=${String(value)}`),
      ['b=x', '2=z', 'content-type=text/plain', 'a=u', 'b=y', '1=v'],
    );
  });

  it('say nothing of an order that the headers have by themselves', () => {
    const headers = { b: Buffer.from('x'), a: [Buffer.from('u'), Buffer.from('v')] };
    const message = messageOf(
      { ...received({ value: null, headers }), headerNames: ['b', 'a', 'a'] },
      ORIGIN,
    );
    assert.equal('headerOrder' in message, false);
  });

  it('are refused where a header and the content type or the expiry would have one name', () => {
    const both: Partial<WireMessage>[] = [
      { headers: { 'content-type': 'a/b' }, contentType: 'c/d' },
      { headers: { 'content-type': ['a/b', 'a/b'] }, contentType: 'a/b' },
      { headers: { 'gridwire-expires-at': 'soon' }, expiresAt: 5 },
      { headers: { 'gridwire-response-topic': null }, responseTopic: '' },
      { headers: { 'gridwire-correlation-data': 'b' }, correlationData: Buffer.from('a') },
      { responseTopic: 'a/\ud800' },
    ];
    for (const one of both) assert.throws(() => recordOf({ ...plain, ...one }), { code: 'NOT_SUPPORTED' });
    assert.ok(recordOf({ ...plain, headers: { 'content-type': 'a/b' }, contentType: 'a/b' }));
    assert.throws(() => recordOf({ ...plain, contentType: 'a/\ud800' }), { code: 'NOT_SUPPORTED' });
  });

  it('have response topic and correlation data in headers, to the byte', () => {
    const request = { responseTopic: 'answers/é', correlationData: Buffer.from([0, 0xff]) };
    const { headers = {} } = recordOf({ ...plain, ...request, headers: { a: '1' }, contentType: 'a/b' });
    const raw = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, Buffer.from(value as string)]),
    );
    const {
      responseTopic,
      correlationData,
      headers: left,
    } = messageOf(received({ value: null, headers: raw }), ORIGIN);
    assert.deepEqual({ responseTopic, correlationData }, request);
    assert.deepEqual(left, { a: '1' });
    const twice = { 'gridwire-correlation-data': [Buffer.from('a'), Buffer.from('b')] };
    const message = messageOf(received({ value: null, headers: twice }), ORIGIN);
    assert.deepEqual(
      [message.correlationData, message.headers],
      [undefined, { 'gridwire-correlation-data': ['a', 'b'] }],
    );
  });

  it('have no expiry where the header would not be written the same again', () => {
    for (const text of ['007', '99999999999999999999', '8640000000000001', '1e3', '-5']) {
      const headers = { 'gridwire-expires-at': Buffer.from(text) };
      const message = messageOf(received({ value: null, headers }), ORIGIN);
      assert.deepEqual([message.expiresAt, message.headers['gridwire-expires-at']], [undefined, text]);
    }
  });

  it('expire at every moment that a message can be given', () => {
    for (const expiresAt of [0, 999_999_999_999_999, 1_000_000_000_000_000, 8_640_000_000_000_000]) {
      const headers = { 'gridwire-expires-at': Buffer.from(String(expiresAt)) };
      const message = messageOf(received({ value: null, headers }), ORIGIN);
      assert.deepEqual([message.expiresAt, message.headers], [expiresAt, {}]);
    }
  });
});
