import assert from 'node:assert/strict';
import { letterFor, storedLetter } from '../../../../nodes/dlq/letter.js';
import { Contract } from '../../../../src/contracts/contract.js';
import { builtInContract } from '../../../../src/contracts/library/built-in.js';
import { failureHeaders } from '../../../../src/delivery/letters/headers/dialects.js';

const contract = new Contract(builtInContract('ecogrid-ems'));
const failed = (topic: string, more: object = {}) => ({
  _msgid: '',
  error: { code: 'FLOW_FAILED', message: 'no', fault: 'permanent' } as const,
  original: { topic, body: Buffer.from('{}'), qos: 1, retain: false, headers: {}, ...more } as const,
});

describe('dead letter of a message', () => {
  it('keeps what sending it again needs: expiry, key, content type, headers', () => {
    const more = { expiresAt: 5_000, key: 'A', contentType: 'application/json', headers: { trace: '1' } };
    const { message } = storedLetter(failed('sites/1/devices/A/commands', more), contract);
    assert.deepEqual(
      { ...message, body: String(Buffer.from(message.body)) },
      { topic: 'sites/1/devices/A/commands', body: '{}', qos: 1, retain: false, ...more },
    );
  });

  it('that the flow made itself keeps what event publish would have sent', () => {
    const parts = {
      ...{
        headers: { trace: '1' },
        headerOrder: ['trace'],
        key: Buffer.from([0xff]),
        contentType: 'text/plain',
      },
      ...{ responseTopic: 'answers', correlationData: Buffer.from([1]), expiresAt: 4_000_000_000_000 },
    };
    const made = { _msgid: '', topic: 'orders', payload: 'x', qos: '2', retain: 'true', ...parts };
    const { message } = storedLetter(made, contract);
    assert.deepEqual(message, { topic: 'orders', body: Buffer.from('x'), ...parts, qos: 2, retain: true });
    const letter = letterFor(made, contract, 'gridwire');
    assert.deepEqual([letter.key, letter.headers['trace']], [parts.key, '1']);
    const none = { _msgid: '', topic: 'orders', key: 'k', tombstone: true };
    assert.equal(storedLetter(none, contract).message.tombstone, true);
    const body = (payload: unknown) =>
      storedLetter({ _msgid: '', topic: 'a', payload }, contract).message.body;
    assert.deepEqual([body(null), body(undefined)].map(String), ['null', '']);
  });

  it('that the flow made with something that cannot travel is kept without it, and says so', () => {
    const error = { code: 'TOPIC_ILLEGAL', message: 'msg.topic is 7; it must be text.' };
    const made = { _msgid: '', topic: 7, payload: 'x', key: {}, headers: { a: '1' }, error };
    const { message, code, reason } = storedLetter(made as never, contract);
    assert.deepEqual(
      [message.topic, message.headers, message.key, code],
      ['', { a: '1' }, undefined, error.code],
    );
    assert.match(reason, /^msg\.topic is 7; it must be text\. Not kept in the letter: msg\.key is an object/);
    assert.equal(letterFor(made as never, contract, 'gridwire').topic, 'unattributed-dlt');
  });

  it('goes where the message came from, never where its sender says', () => {
    const headers = failureHeaders({ topic: 'sites/1/devices/B/commands', reason: 'x' });
    const topic = 'sites/1/devices/A/telemetry';
    const letter = storedLetter(failed(topic, { headers }), contract);
    assert.equal(letter.message.topic, topic);
    assert.deepEqual(letter.message.headers, headers, 'what came is kept as it came');
    assert.equal(letterFor(failed(topic, { headers }), contract, 'gridwire').topic, `${topic}-dlt`);
    const onLetters = storedLetter(failed('sites/1/devices/B/commands-dlt', { headers }), contract);
    assert.equal(onLetters.message.topic, 'sites/1/devices/B/commands');
  });

  it('of a broker without headers is taken in as the original it holds, with all that stands beside it', () => {
    const came = {
      ...{ body: Buffer.from([0xff]), headers: { trace: ['1', '2'], none: null }, key: Buffer.from([0xfe]) },
      ...{ contentType: 'a/b', responseTopic: 'answers', correlationData: Buffer.from([1]) },
      expiresAt: 4_000_000_000_000,
    };
    const topic = 'sites/1/devices/A/telemetry';
    const written = letterFor(failed(topic, came), contract, undefined);
    assert.deepEqual(written.headers, {});
    const read = { ...failed(written.topic, { ...written, headers: {} }), error: undefined };
    const { message, code, reason } = storedLetter(read as never, contract);
    assert.deepEqual(message, { topic, qos: 1, retain: false, ...came });
    assert.deepEqual([code, reason], ['FLOW_FAILED', 'no']);
  });

  it('that is a record is taken in as the original it holds, to the byte, with its headers and content type', () => {
    const taylordash = new Contract(builtInContract('taylordash'));
    for (const body of ['{"kind": "x",  "trace_id": 1.50}', 'no JSON', '{"n":9007199254740993}']) {
      const came = { body: Buffer.from(body), headers: { trace: ['1', '2'] }, contentType: 'text/plain' };
      const topic = 'tracker/events/projects/created';
      const letter = letterFor(failed(topic, came), taylordash, 'gridwire');
      const { message } = storedLetter(failed(letter.topic, letter), taylordash);
      assert.deepEqual(
        { ...message, body: String(Buffer.from(message.body)) },
        { topic, qos: 1, retain: false, ...came, body },
      );
    }
  });
});
