import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { WireMessage } from '../../../src/event.js';
import type { EventStore } from '../../../src/store/event-store.js';
import { onEachStore } from '../../support/stores.js';
import { letter, message } from './helpers.js';

const deep = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

/** Bodies that are legal on the wire and that a database may find too much. */
const NASTY: Record<string, string | Uint8Array> = {
  'a kind of 4 kB': JSON.stringify({ kind: 'k'.repeat(4_096) }),
  'a kind of 4 kB that cannot be compressed': JSON.stringify({
    kind: Array.from({ length: 4_096 }, (_, index) =>
      String.fromCharCode(0x100 + ((index * 7919) % 0x2000)),
    ).join(''),
  }),
  'a kind that is an object': '{"kind":{"a":[1,2,3]},"power":1}',
  'a kind that is a large object': JSON.stringify({
    kind: Array.from({ length: 3_000 }, (_, index) => index),
  }),
  'a kind that is a number': '{"kind":5}',
  'NUL in a value': '{"kind":"a\\u0000b"}',
  'NUL in a name': '{"\\u0000":1,"kind":"x"}',
  'half a pair in a name': '{"\\ud800":1,"kind":"x"}',
  'raw NUL bytes': new Uint8Array([0x7b, 0x22, 0x00, 0x22, 0x3a, 0x31, 0x7d]),
  'a number of 20,000 decimals': `{"value":0.${'0'.repeat(20_000)}1}`,
  'a number of 140,000 digits': `{"value":${'9'.repeat(140_000)}}`,
  'a huge exponent': '{"value":1e999999}',
  'a tiny exponent': '{"value":1e-99999}',
  'a depth of 5,000': deep(5_000),
  'a depth of 200,000': deep(200_000),
  'a trace id that is none': '{"trace_id":"\\u0000","kind":"x"}',
  'a trace id that is an object': '{"trace_id":{"a":1},"kind":"x"}',
  'a name given twice': '{"a":1,"a":2,"kind":"x"}',
  'names of prototypes': '{"__proto__":{"kind":"y"},"constructor":1,"kind":"x"}',
  'a byte order mark': Buffer.from('\ufeff{"kind":"x"}'),
  'no UTF-8': new Uint8Array([0x7b, 0xff, 0x7d]),
  nothing: new Uint8Array(),
};

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

onEachStore('store: documents that are hard to keep', (stores) => {
  let store: EventStore;
  beforeEach(async () => {
    store = await stores.open();
  });

  for (const [what, body] of Object.entries(NASTY)) {
    it(`keeps ${what}, in the mirror and as a letter`, async () => {
      const kept = message('t', body);
      await Promise.all([
        store.mirror.append([{ message: message('before', '{"kind":"x"}') }]),
        store.mirror.append([{ message: kept }]),
        store.mirror.append([{ message: message('after', '{"kind":"x"}') }]),
      ]);
      const [letterId] = await store.deadLetters.add([
        letter('t', body, { reason: `no: ${String(body).slice(0, 50)}` }),
      ]);
      const found = await store.mirror.read({}, 0, 10);
      assert.deepEqual(
        found.map((record) => [record.message.topic, hex(record.message.body)]),
        [
          ['before', hex(Buffer.from('{"kind":"x"}'))],
          ['t', hex(kept.body)],
          ['after', hex(Buffer.from('{"kind":"x"}'))],
        ],
      );
      assert.equal(hex((await store.deadLetters.get(letterId!))!.message.body), hex(kept.body));
      assert.equal(found[1]?.kind, kindOf(kept.body), 'both stores find it by the same kind');
    });
  }

  it('keeps a record that holds the document itself, however deep', async () => {
    const payload = JSON.parse(deep(20_000)) as never;
    const record = { original_topic: 't', failure_reason: 'no', payload };
    const [id] = await store.deadLetters.add([letter('t', deep(20_000), { record })]);
    assert.equal((await store.deadLetters.get(id!))?.message.body.byteLength, deep(20_000).length);
  });

  it('takes times and numbers from beyond every calendar, and refuses for good what is no number', async () => {
    for (const time of [0.5, -1e300, 1e300, NaN, Infinity, 9e15]) {
      await store.mirror.append([{ message: message('t'), time }]);
      await store.deadLetters.add([letter('t', {}, { failedAt: time })]);
      await store.parked.park('q', [
        {
          key: String(time),
          message: message('t'),
          attempts: 1,
          nextAttemptAt: 1_000.25,
          reason: 'a\0b\ud800',
        },
      ]);
    }
    assert.equal(await store.mirror.count({}), 6);
    assert.equal((await store.parked.due('q', 1_000, 9))[0]?.nextAttemptAt, 1_000);
    const value = { scope: 's', key: 'k', value: 1, time: NaN };
    await assert.rejects(store.lastValues.put([value]), { code: 'STORE_REFUSED', fault: 'permanent' });
  });

  it('takes ids, names and texts of any characters', async () => {
    const nasty = '\0 \ud800 \u{1f50b} \\u0000 %_"\';--';
    await store.deduplication.mark(nasty, [nasty], 1);
    await store.audit.add({ at: 1, actor: nasty, action: 'edit', details: { [nasty]: nasty } });
    await store.lastValues.put([{ scope: nasty, key: nasty, value: { [nasty]: nasty }, time: 1 }]);
    await store.replayCursors.put({
      ...{ name: nasty, position: 1, done: 1, total: 1, plan: { [nasty]: nasty }, updatedAt: 1 },
    });
    await store.settle({ queue: nasty, mark: { scope: nasty, key: nasty, at: 1 }, deadLetter: letter('t') });
    await store.outbox.add(nasty, [message('t', {}, { key: nasty, headers: { [nasty]: nasty } })]);
    assert.equal((await store.deduplication.seen(nasty, [nasty])).size, 1);
    assert.deepEqual((await store.lastValues.get(nasty, nasty))?.value, { [nasty]: nasty });
    assert.deepEqual((await store.audit.list(9, 1))[0]?.details, { [nasty]: nasty });
    const [sent] = await store.outbox.peek(nasty, 0, 1);
    assert.deepEqual([sent?.message.key, sent?.message.headers], [nasty, { [nasty]: nasty }]);
    await store.mirror.read({ kinds: [nasty], types: [nasty], topicFilter: '#' }, 0, 1);
  });

  it('keeps whatever a document holds', async function () {
    this.timeout(60_000);
    const text = fc.string({ unit: 'binary' });
    const value = fc.oneof(text, fc.uint8Array(), fc.constant(null));
    const headers = fc.dictionary(text, fc.oneof(value, fc.array(value, { minLength: 2, maxLength: 3 })));
    const messages = fc.record({
      topic: fc.constantFrom('a', 'a/b'),
      body: fc.oneof(
        fc.uint8Array(),
        fc.json({ stringUnit: 'binary', maxDepth: 8 }).map((json) => Buffer.from(json)),
        fc
          .dictionary(
            fc.constantFrom('kind', 'trace_id', 'payload', 'a'),
            fc.jsonValue({ stringUnit: 'binary' }),
          )
          .map((document) => Buffer.from(JSON.stringify(document))),
      ),
      key: fc.oneof(text, fc.uint8Array()),
      qos: fc.constantFrom<0 | 1 | 2>(0, 1, 2),
      retain: fc.boolean(),
      headers,
      expiresAt: fc.integer({ min: 0, max: 2 ** 50 }),
    });
    let last = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(messages, { minLength: 1, maxLength: 5 }), async (sent) => {
        await store.mirror.append(sent.map((one) => ({ message: one })));
        const ids = await store.deadLetters.add(sent.map((one) => ({ ...letter(one.topic), message: one })));
        const records = await store.mirror.read({}, last, 10);
        last = records.at(-1)!.id;
        const letters = await store.deadLetters.list({ ids }, 0, 10);
        assert.deepEqual(
          records.map((record) => plain(record.message)),
          sent.map(plain),
        );
        assert.deepEqual(
          letters.map((found) => plain(found.message)),
          sent.map(plain),
        );
      }),
      { numRuns: 150 },
    );
  });
});

function plain({ body, key, headers, ...rest }: WireMessage): object {
  const shown = (value: unknown): unknown => (value instanceof Uint8Array ? hex(value) : value);
  const entries = Object.entries(headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.map(shown) : shown(value),
  ]);
  return { ...rest, body: hex(body), key: shown(key), headers: entries };
}

function kindOf(body: Uint8Array): string | undefined {
  try {
    const document = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as { kind?: unknown };
    return body[0] === 0x7b && typeof document.kind === 'string'
      ? document.kind.replaceAll('\0', '\ufffd')
      : undefined;
  } catch {
    return undefined;
  }
}
