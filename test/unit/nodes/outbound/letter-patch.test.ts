import assert from 'node:assert/strict';
import { letterPatch } from '../../../../nodes/outbound/letter-patch.js';
import type { DeadLetter } from '../../../../src/store/dead-letter-store.js';

/** As much of a letter as a patch looks at. */
const letter = (body: string | Uint8Array): DeadLetter =>
  ({
    message: { topic: 't', body: Buffer.from(body), qos: 1, retain: false, headers: {} },
    code: 'SCHEMA_VIOLATION',
    reason: 'why',
  }) as unknown as DeadLetter;

const patched = async (expression: string, body: string | Uint8Array): Promise<string> =>
  Buffer.from((await letterPatch(expression)(letter(body))).body).toString('latin1');

describe('repairing a letter by an expression', function () {
  this.timeout(120_000);

  it('leaves the rest of the body as it is', async () => {
    const body = '{"a":-0,"b":0.30000000000000004,"c":[1e21]}';
    assert.equal(
      await patched('$merge([payload, {"d": 1}])', body),
      '{"a":-0,"b":0.30000000000000004,"c":[1e+21],"d":1}',
    );
  });

  it('leaves a body that it does not change as it came, and a text in JSON that text', async () => {
    for (const body of ['"45.2"', ' "ON" ', '{ "a" : 1.0 }', '1e2', 'no JSON'])
      assert.equal(await patched('payload', body), body);
    assert.equal(await patched('$uppercase(payload)', '"on"'), 'ON', 'a text of the expression is the body');
  });

  it('reads text and bytes, and nothing', async () => {
    assert.equal(await patched('$uppercase(payload)', 'abc'), 'ABC');
    assert.equal(await patched('payload', Buffer.from([0xff, 0])), '\u00ff\u0000');
    assert.equal(await patched('payload & "x"', ''), 'x');
  });

  for (const [body, code] of [
    ['{"meter":9007199254740993}', 'NUMBER_INEXACT'],
    ['{"a":1,"a":2}', 'BODY_DUPLICATE_KEY'],
    ['{"__proto__":{}}', 'BODY_UNSAFE_KEY'],
  ] as const) {
    it(`refuses ${body}, which the expression would get changed`, async () => {
      await assert.rejects(patched('$merge([payload, {"d": 1}])', body), { code });
    });
  }

  it('makes no null of a division by zero', async () => {
    await assert.rejects(patched('{"a": 1/0}', '{}'), { code: 'FLOW_FAILED' });
  });
});
