import assert from 'node:assert/strict';
import { messageColumn, messageOf } from '../../../../src/store/sql/message-columns.js';

describe('the stored form of a message', () => {
  it('gives back keys, headers and the lack of a value as they were', () => {
    const message = {
      topic: 'a',
      body: Buffer.alloc(0),
      qos: 2,
      retain: true,
      key: Uint8Array.from([0, 0xff]),
      tombstone: true,
      headers: {
        text: 'ß\u0000',
        none: null,
        bytes: Uint8Array.from([1]),
        more: ['1', null, Uint8Array.from([2])],
      },
      contentType: 'application/json',
      expiresAt: 5,
    } as const;
    const stored = messageColumn({
      ...message,
      headers: { ...message.headers, more: [...message.headers.more] },
    });
    const back = messageOf({ topic: 'a', body: message.body, message: stored });
    assert.deepEqual({ ...back, body: Buffer.from(back.body) }, message);
  });

  it('of an earlier version is read', () => {
    const message = '{"qos":1,"key":"INV","headers":{"a":"b","c":{"base64":"AQ=="}}}';
    const { key, headers, tombstone } = messageOf({ topic: 'a', body: Buffer.alloc(0), message });
    assert.deepEqual(
      { key, headers, tombstone },
      { key: 'INV', headers: { a: 'b', c: Uint8Array.of(1) }, tombstone: undefined },
    );
  });
});
