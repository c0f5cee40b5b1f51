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

  it('that the flow made of an event has its envelope, with the payload that the message has now', () => {
    const celine = new Contract(builtInContract('celine-dt'));
    const [type] = celine.types;
    const { name, data } = type!;
    const parameters = data.exampleParameters ?? {};
    const event = celine.build(name, { payload: data.example, parameters });
    const { payloadMember } = type!.envelope;
    assert.notEqual(payloadMember, '', 'the envelope is more than the payload');
    const sent = celine.serialise(event);
    const kept = (message: object) => storedLetter({ _msgid: '', event, ...message }, celine).message;
    const carried = ({ topic, body, qos, contentType, key }: Partial<typeof sent>) => [
      ...[topic, String(Buffer.from(body!)), qos, contentType, key],
    ];
    for (const message of [{}, { topic: 'of the flow' }, { payload: structuredClone(event.payload) }])
      assert.deepEqual(carried(kept({ payload: event.payload, ...message })), carried(sent));
    const changed = { ...(event.payload as object), more: 1 };
    assert.deepEqual(JSON.parse(String(kept({ payload: changed }).body)), {
      ...event.envelope,
      [payloadMember]: changed,
    });
  });

  it('that the flow changed, so that its envelope is not known any more, has the payload and says so', () => {
    const twice = { contract: 'c', type: 't', topic: 'a', headers: {}, payload: 1, envelope: { a: 1, b: 1 } };
    const letter = storedLetter({ _msgid: '', payload: 2, event: twice } as never, contract);
    assert.equal(String(letter.message.body), '2');
    assert.match(letter.reason, /Not kept in the letter: The envelope of msg\.event/);
  });

  const circular: Record<string, unknown> = { a: 1 };
  circular['self'] = circular;
  const deep = Array.from({ length: 500 }).reduce<unknown>((inner) => [inner], 1);
  const throwing = {
    get secret() {
      throw new Error('not today');
    },
  };
  const unwritable: [what: string, payload: unknown, body: string | RegExp, place: RegExp][] = [
    ['NaN', { p: { kw: NaN, ok: 1 } }, '{"p":{"kw":"NaN","ok":1}}', /NaN at \/p\/kw/],
    ['Infinity', [1, -Infinity], '[1,"-Infinity"]', /-Infinity at \/1/],
    ['a BigInt', { n: 9007199254740993n }, '{"n":"9007199254740993n"}', /bigint at \/n/],
    ['nothing in a list', [1, undefined], '[1,"undefined"]', /nothing at \/1/],
    [
      'an object that contains itself',
      circular,
      /^\{"a":1,"self":".*Circular/,
      /contains itself \(at \/self/,
    ],
    ['too many levels', { deep }, /^\{"deep":\[/, /nests too deeply/],
    ['a Date that is none', { at: new Date(NaN) }, '{"at":"Invalid Date"}', /invalid Date at \/at/],
    ['a Map', new Map([['a', 1]]), `"Map(1) { 'a' => 1 }"`, /a Map at its root/],
    ['a Set', { s: new Set([1]) }, '{"s":"Set(1) { 1 }"}', /a Set at \/s/],
    ['a function', { f: () => 1 }, '{"f":"[Function: f]"}', /a function at \/f/],
    ['a function alone', () => 1, '"[Function (anonymous)]"', /a function at its root/],
    ['a symbol', { s: Symbol('x') }, '{"s":"Symbol(x)"}', /a symbol at \/s/],
    ['bytes among others', { b: Buffer.from([0, 255]) }, '{"b":"base64:AP8="}', /a Buffer at \/b/],
    ['what throws when it is read', { a: 1, throwing }, /^\{"a":1,"throwing":".*Getter/, /not today/],
    [
      'an unsafe key',
      JSON.parse('{"__proto__":{"x":1}}'),
      /^\{"__proto__":"\{ x: 1 \}"\}$/,
      /key "__proto__"/,
    ],
    ['half of a character', 'a\ud800', 'a\ufffd', /half of a character at 1/],
    [
      'more holes than any message has values',
      { l: new Array(4_000_000_000) },
      /^\{"l":"\[/,
      /values \(at \/l/,
    ],
  ];
  for (const [what, payload, body, place] of unwritable) {
    it(`keeps what can be written, and the place of what cannot: ${what}`, () => {
      const error = { code: 'BODY_NOT_JSON', message: 'It cannot be written.' };
      const made = { _msgid: '', topic: 'orders', payload, error } as never;
      const { message, code, reason, record } = storedLetter(made, contract);
      if (typeof body === 'string') assert.equal(String(message.body), body);
      else assert.match(String(message.body), body);
      assert.deepEqual([message.topic, code], ['orders', 'BODY_NOT_JSON']);
      assert.match(reason, /^It cannot be written\. In its body as text: /);
      assert.match(reason, place);
      assert.equal(storedLetter(made, contract).incomplete, true);
      assert.ok(record !== undefined);
      assert.deepEqual(letterFor(made, contract, 'gridwire').body, message.body);
    });
  }

  it('says wherever it lies that it is not all of what failed, and is not sent again as it is', () => {
    const unreadable = { code: 'NOT_SUPPORTED', message: 'no', details: { unreadable: true } };
    const topic = 'sites/1/devices/A/telemetry';
    const whole = failed(topic);
    for (const dialect of ['gridwire', 'kafka-connect', 'spring', undefined] as const) {
      for (const [message, incomplete] of [
        [{ ...whole, error: unreadable }, true],
        [{ _msgid: '', topic, payload: NaN }, true],
        [whole, undefined],
      ] as const) {
        const written = letterFor(message, contract, dialect);
        const { error: _, ...read } = failed(written.topic, written);
        assert.equal(storedLetter(message as never, contract).incomplete, incomplete);
        assert.equal(storedLetter(read, contract).incomplete, incomplete, dialect);
      }
    }
  });

  it('names the first places where nothing can be written, and how many there are besides', () => {
    const payload = Array.from({ length: 5_000 }, () => NaN);
    const { message, reason } = storedLetter({ _msgid: '', topic: 'a', payload }, contract);
    assert.deepEqual(JSON.parse(String(message.body)), payload.map(String));
    assert.match(reason, /NaN at \/9,.* And 4990 more\.$/);
  });

  it('is made also of members of the flow that only have the names of Gridwire’s', () => {
    for (const odd of [
      { original: { body: { type: 'Buffer', data: [1] } } },
      { original: 'x' },
      { original: 7 },
    ]) {
      const letter = storedLetter({ _msgid: '', topic: 'a', payload: 'x', ...odd } as never, contract);
      assert.deepEqual([letter.message.topic, String(letter.message.body)], ['a', 'x']);
      assert.match(letter.reason, /Not kept in the letter: msg\.original is not the message/);
    }
    for (const odd of [
      { event: 'click' },
      { event: {} },
      { event: null },
      { original: null },
      { error: 'broken' },
      { error: 7 },
    ]) {
      const letter = storedLetter({ _msgid: '', topic: 'a', payload: 'x', ...odd } as never, contract);
      assert.deepEqual([letter.message.topic, String(letter.message.body)], ['a', 'x']);
      assert.equal(
        letter.reason,
        'error' in odd && odd.error === 'broken' ? 'broken' : 'The flow gave no reason.',
      );
    }
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
