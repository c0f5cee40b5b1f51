import assert from 'node:assert/strict';
import { mirrorEntry } from '../../../../nodes/mirror/entry.js';
import { Contract } from '../../../../src/contracts/contract.js';
import { builtInContract } from '../../../../src/contracts/library/built-in.js';

describe('what a mirror keeps of a message that the flow made itself', () => {
  const kept = (message: object) => mirrorEntry({ _msgid: '', ...message }).message;

  it('is what event publish sends of it', () => {
    const parts = {
      ...{ headers: { trace: ['1', null] }, key: Buffer.from([0xff]), contentType: 'text/plain' },
      ...{ responseTopic: 'answers', correlationData: Buffer.from([1]), expiresAt: 4_000_000_000_000 },
    };
    const message = kept({ topic: 'orders', payload: 'x', qos: '2', retain: 'true', ...parts });
    assert.deepEqual(message, { topic: 'orders', body: Buffer.from('x'), ...parts, qos: 2, retain: true });
    const tombstone = kept({ topic: 'orders', key: 'k', tombstone: true });
    assert.deepEqual([tombstone.tombstone, tombstone.key, tombstone.body.byteLength], [true, 'k', 0]);
    assert.equal(kept({ topic: 'a', payload: null, retain: true }).body.byteLength, 0);
    assert.equal(String(kept({ topic: 'a', payload: null }).body), 'null');
  });

  it('is with an event what its contract says, and the headers that the flow gives', () => {
    const contract = new Contract(builtInContract('battery-hawk'));
    const { data } = contract.type('reading');
    const event = contract.build('reading', {
      payload: data.example,
      parameters: data.exampleParameters ?? {},
    });
    const message = kept({
      topic: event.topic,
      payload: event.payload,
      event,
      headers: { b: '1', 1: '2' },
      headerOrder: ['b', '1'],
      key: 'mine',
    });
    assert.deepEqual(
      [message.key, message.headers, message.headerOrder],
      [event.key, { 1: '2', b: '1' }, ['b', '1']],
    );
  });

  it('is with an event that the flow has changed what event publish sends of it', () => {
    const contract = new Contract(builtInContract('celine-dt'));
    const [type] = contract.types;
    const { data, envelope } = type!;
    const event = contract.build(type!.name, {
      payload: data.example,
      parameters: data.exampleParameters ?? {},
    });
    const { contentType } = contract.serialise(event);
    const payload = { ...(event.payload as object), more: 1 };
    const message = kept({ payload, event });
    assert.deepEqual(JSON.parse(String(message.body)), {
      ...event.envelope,
      [envelope.payloadMember]: payload,
    });
    assert.equal(message.contentType, contentType);
    const unclear = {
      contract: 'c',
      type: 't',
      topic: 'a',
      headers: {},
      payload: 1,
      envelope: { a: 1, b: 1 },
    };
    assert.throws(() => kept({ payload: 2, event: unclear }), { code: 'NOT_SUPPORTED' });
  });

  it('is nothing where it could not be sent: the code says why', () => {
    for (const [wrong, code] of [
      [{ topic: 7 }, 'TOPIC_ILLEGAL'],
      [{ topic: 'a', key: {} }, 'IDENTIFIER_ILLEGAL'],
      [{ topic: 'a', headers: { a: {} } }, 'NOT_SUPPORTED'],
      [{ topic: 'a', qos: 3 }, 'SETTING_INVALID'],
    ] as const)
      assert.throws(() => kept({ payload: 'x', ...wrong }), { code });
  });
});
