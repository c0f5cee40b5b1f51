import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isUuid, newHex8, newUuid } from '../../src/uuid.js';

/** As ajv-formats has it. */
const UUID = /^(?:urn:uuid:)?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

describe('ids', () => {
  it('are UUIDs of version 4, each another one, over many batches', () => {
    const made = Array.from({ length: 5_000 }, newUuid);
    assert.equal(new Set(made).size, made.length);
    for (const id of made)
      assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('have every digit at every place that is left to chance', () => {
    const made = Array.from({ length: 2_000 }, newUuid);
    for (const place of Array.from({ length: 36 }, (_each, at) => at)) {
      const digits = new Set(made.map((id) => id.charAt(place))).size;
      const expected = [8, 13, 14, 18, 23].includes(place) ? 1 : place === 19 ? 4 : 16;
      assert.equal(digits, expected, `place ${place}`);
    }
  });

  it('are eight digits where that is asked for, and none of them is part of another id', () => {
    const ids = Array.from({ length: 400 }, () => [newHex8(), newUuid().slice(0, 8)]).flat();
    for (const id of ids) assert.match(id, /^[0-9a-f]{8}$/);
    assert.equal(new Set(ids).size, ids.length);
  });

  it('are told from other texts as the format of the schema compiler does it', () => {
    const id = '0F8fad5b-d9cb-469f-a165-70867728950e';
    const near = fc.tuple(
      fc.nat(35),
      fc.constantFrom('-', 'g', 'G', '0', '/', ':', '@', '`', 'ı', '\u0161', ' '),
    );
    const texts = fc.oneof(
      fc.uuid(),
      near.map(([at, other]) => id.slice(0, at) + other + id.slice(at + 1)),
      fc.constantFrom(
        '',
        'urn:uuid:',
        id,
        `urn:uuid:${id}`,
        `URN:UUID:${id}`,
        `urn-uuid:${id}`,
        `${id}0`,
        id.slice(1),
      ),
    );
    fc.assert(fc.property(texts, (text) => isUuid(text) === UUID.test(text)));
  });
});
