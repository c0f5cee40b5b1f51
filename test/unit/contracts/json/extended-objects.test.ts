import assert from 'node:assert/strict';
import { parseJsonBody } from '../../../../src/contracts/json/json-body.js';
import { jsonText } from '../../../../src/contracts/json/json-text.js';
import { toJson } from '../../../../src/contracts/json/json-value.js';
import { compileSchema } from '../../../../src/contracts/schemas.js';
import type { Json } from '../../../../src/event.js';

const EXTENSIONS = [5, 'text', { inner: 1 }, (): number => 1];

describe('where a program has given all objects another member', () => {
  for (const extension of EXTENSIONS) {
    describe(`which is ${typeof extension}`, () => {
      beforeEach(() => {
        Object.defineProperty(Object.prototype, 'another', {
          value: extension,
          enumerable: true,
          configurable: true,
        });
      });
      afterEach(() => {
        delete (Object.prototype as { another?: unknown }).another;
      });

      it('a document is read as it is, and one with a key twice is still refused', () => {
        const read = parseJsonBody(Buffer.from('{"a":{"another":1},"b":[{}]}'));
        assert.equal(JSON.stringify(read), '{"a":{"another":1},"b":[{}]}');
        assert.throws(() => parseJsonBody(Buffer.from('{"a":1,"a":2}')), { code: 'BODY_DUPLICATE_KEY' });
      });

      it('a copy and a text have only what an object itself has', () => {
        const copy = toJson({ a: { b: 1 }, c: [] });
        assert.deepEqual(Object.keys(copy as object), ['a', 'c']);
        assert.equal(jsonText(copy), '{"a":{"b":1},"c":[]}');
      });
    });
  }

  it('what every object has is no member of a document either', () => {
    for (const name of ['constructor', 'toString', '__proto__']) {
      const check = compileSchema({ required: [name] }, 'test');
      assert.equal(check({}).length, 1, name);
      assert.equal(check(JSON.parse(`{"${name}":1}`) as Json).length, 0, name);
    }
    const of = compileSchema({ properties: { valueOf: { type: 'string' } } }, 'test');
    assert.equal(of({}).length, 0);
    assert.equal(of({ valueOf: 1 }).length, 1);
  });
});
