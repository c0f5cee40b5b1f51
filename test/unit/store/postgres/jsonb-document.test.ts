import assert from 'node:assert/strict';
import { documentForTaylorDash } from '../../../../src/store/postgres/jsonb-document.js';

describe('a document for JSONB', () => {
  const written = (text: string): string =>
    documentForTaylorDash({ json: { text, document: JSON.parse(text) as Record<string, string> } });

  it('stays as it came, however many digits it has, as long as no number is of a thousand', () => {
    const text = JSON.stringify({ a: `${'1'.repeat(999)}x`.repeat(16_000) });
    assert.equal(written(text), text);
    for (const suspicious of ['{"a":1e999 , "b":1}', `{"a": ${'9'.repeat(1_000)}}`, '{"a": "\\u0041"}'])
      assert.notEqual(written(suspicious), suspicious);
  });
});
