import assert from 'node:assert/strict';
import { binaryArray } from '../../../../src/store/postgres/binary-array.js';

describe('a list in binary, for PostgreSQL', () => {
  /** What is behind the head, as PostgreSQL reads it: each element after its length, which is -1 for null. */
  function elements(array: Buffer): (Buffer | null)[] {
    const found: (Buffer | null)[] = [];
    for (let at = 20; at < array.length;) {
      const length = array.readInt32BE(at);
      at += 4;
      found.push(length < 0 ? null : array.subarray(at, at + length));
      at += Math.max(length, 0);
    }
    return found;
  }

  it('has one dimension, the number of its type and the count of its elements in its head', () => {
    const head = binaryArray('text', ['a', null, 'b']).subarray(0, 20);
    const parts = [0, 4, 8, 12, 16].map((at) => head.readInt32BE(at));
    assert.deepEqual(parts, [1, 1, 25, 3, 1]);
  });

  it('keeps texts, bytes and nulls as they are', () => {
    const texts = ['', null, 'NULL', '{"a,b"}\\', 'Wärme ⚡ 太陽光'];
    assert.deepEqual(
      elements(binaryArray('text', texts)).map((each) => each?.toString() ?? null),
      texts,
    );
    const bytes = [new Uint8Array([0, 255, 10]), null, Buffer.alloc(0)];
    assert.deepEqual(
      elements(binaryArray('bytea', bytes)).map((each) => (each === null ? null : [...each])),
      [[0, 255, 10], null, []],
    );
  });

  it('keeps every whole number that JavaScript can tell from its neighbours', () => {
    const numbers = [0, 1, -1, 2 ** 32, -(2 ** 32) - 1, 2 ** 31, -62_135_596_800_000];
    numbers.push(Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER);
    assert.deepEqual(
      elements(binaryArray('int8', numbers)).map((each) => Number(each?.readBigInt64BE())),
      numbers,
    );
  });
});
