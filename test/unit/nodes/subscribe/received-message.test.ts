import assert from 'node:assert/strict';
import { receivedMessage } from '../../../../nodes/subscribe/received-message.js';
import { Contract } from '../../../../src/contracts/contract.js';
import { builtInContract } from '../../../../src/contracts/library/built-in.js';
import type { Headers, InboundMessage } from '../../../../src/event.js';

const HEADERS: Headers = { unit: 'kW', tags: ['a', 'b'], raw: Buffer.from([1]) };

function received(body: string, topic: string): InboundMessage {
  const headers = { ...HEADERS, tags: ['a', 'b'], raw: Buffer.from([1]) };
  return {
    topic,
    body: Buffer.from(body),
    qos: 1,
    retain: false,
    headers,
    receivedAt: 0,
    redelivered: false,
  };
}

/** Whatever a function node may do to headers. */
function changed(headers: Headers): void {
  headers['added'] = 'by the flow';
  (headers['tags'] as string[]).push('c');
  (headers['raw'] as Buffer)[0] = 9;
  delete headers['unit'];
}

describe('what a flow does to the headers that it was given', () => {
  it('changes neither what is tried again or becomes a letter, nor what came: no contract', () => {
    const message = received('{}', 'a');
    const sent = receivedMessage(undefined, message);
    changed((sent as unknown as { headers: Headers }).headers);
    assert.deepEqual(message.headers, HEADERS);
    assert.deepEqual(sent.original?.headers, HEADERS);
    changed(sent.original.headers);
    assert.deepEqual(message.headers, HEADERS);
  });

  it('changes neither what is tried again or becomes a letter, nor what came: by a contract', () => {
    const contract = new Contract(builtInContract('taylordash'));
    const payload = { project_id: 'p', name: 'n', status: 's', created_by: null };
    const members = {
      trace_id: '550e8400-e29b-41d4-a716-446655440000',
      ts: '2026-01-15T10:30:00.123456+00:00',
    };
    const document = { ...members, kind: 'project_created', idempotency_key: 'i', payload };
    const message = received(JSON.stringify(document), 'tracker/events/projects/created');
    const sent = receivedMessage(contract, message);
    changed((sent.event as { headers: Headers }).headers);
    changed(sent.original!.headers);
    assert.deepEqual(message.headers, HEADERS);
  });

  it('nor, by changing bytes that came beside the body, those', () => {
    const message = {
      ...received('{}', 'a'),
      key: Buffer.from([1]),
      correlationData: Buffer.from([2]),
    };
    const sent = receivedMessage(undefined, message);
    const { original } = sent;
    for (const given of [sent, original] as unknown as (typeof message)[]) {
      assert.deepEqual([given.key[0], given.correlationData[0]], [1, 2]);
      given.key[0] = 9;
      given.correlationData[0] = 9;
    }
    assert.deepEqual([message.key[0], message.correlationData[0]], [1, 2]);
  });
});
