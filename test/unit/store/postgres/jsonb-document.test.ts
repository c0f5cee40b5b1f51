import assert from 'node:assert/strict';
import { documentForTaylorDash } from '../../../../src/store/postgres/jsonb-document.js';

describe('a document for JSONB', () => {
  const written = (text: string): string =>
    documentForTaylorDash({ json: { text, document: JSON.parse(text) as Record<string, string> } });

  it('stays as it came, however many digits it has, as long as no number is of a thousand', () => {
    const text = JSON.stringify({ a: `${'1'.repeat(999)}x`.repeat(16_000) });
    assert.equal(written(text), text);
    const uuid = '{"a": "550e8400-e29b-41d4-a716-446655440000", "b": [1e5, -2.5E-7]}';
    assert.equal(written(uuid), uuid);
    const exponents = ['{"a":1e999 , "b":1}', '{"a": -1.5E-20000}', '{"a":[0e0001]}', '{"a":[1,\n0e+123]}'];
    for (const suspicious of [...exponents, `{"a": ${'9'.repeat(1_000)}}`, '{"a": "\\u0041"}'])
      assert.notEqual(written(suspicious), suspicious);
  });
});
