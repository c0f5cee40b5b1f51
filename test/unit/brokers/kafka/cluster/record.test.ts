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
    assert.equal(message.headers['twice'], '2');
    assert.ok(message.headers['long'] instanceof Uint8Array);
    assert.ok(message.headers['bytes'] instanceof Uint8Array);
    assert.equal(({} as Record<string, unknown>)['x'], undefined);
  });

  it('are tombstones when a retained value is removed, and only then', () => {
    const empty = { topic: 'a', body: Buffer.alloc(0), qos: 1, headers: {} } as const;
    assert.equal(recordOf({ ...empty, retain: true }).value, null);
    assert.equal(recordOf({ ...empty, retain: false }).value?.length, 0);
  });
});
