import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compileSchema } from '../../../src/contracts/schemas.js';
import type { JsonObject } from '../../../src/event.js';

describe('limits for the length of texts', () => {
  const limits = Array.from({ length: 6 }, (_each, limit) => limit);
  const schemas = new Map<string, JsonObject>(
    ['maxLength', 'minLength'].flatMap((keyword) =>
      limits.map((limit): [string, JsonObject] => [`${keyword} ${limit}`, { [keyword]: limit }]),
    ),
  );

  it('count characters and not code units, half ones too', () => {
    const characters = fc.constantFrom('a', 'ä', '😀', '\ud83d', '\ude00');
    const texts = fc.array(characters, { maxLength: 8 }).map((each) => each.join(''));
    fc.assert(
      fc.property(texts, fc.constantFrom(...schemas.keys()), (text, name) => {
        const [keyword, limit] = name.split(' ');
        const { length } = Array.from(text);
        const isValid = keyword === 'maxLength' ? length <= Number(limit) : length >= Number(limit);
        assert.equal(compileSchema(schemas.get(name)!, 'test')(text).length === 0, isValid, name);
      }),
    );
  });

  it('are told with what they are', () => {
    const told = (schema: JsonObject, value: string): string[] =>
      compileSchema(schema, 'test')(value).map(({ rule, expected }) => `${rule}: ${expected}`);
    assert.deepEqual(told({ maxLength: 2, pattern: '^x' }, 'abc'), [
      'maxLength: must NOT have more than 2 characters',
      'pattern: must match pattern "^x"',
    ]);
    assert.deepEqual(told({ minLength: 2 }, '😀'), ['minLength: must NOT have fewer than 2 characters']);
  });
});
