import assert from 'node:assert/strict';
import { plainText } from '../../../../nodes/editor/browser/plain-text.js';

describe('a text that others wrote, in the editor', () => {
  const plain = (text: string, most = 100): string => plainText(text, most, (count) => `… (${count})`);

  it('shows what would turn round or hide the rest of it, and nothing else otherwise', () => {
    assert.equal(plain('\u202egnp.exe\u2069'), '\\u202egnp.exe\\u2069');
    assert.equal(plain('a\u0000b\r\nc\u001b[2J\u200b'), 'a\\u0000b\\u000d\\u000ac\\u001b[2J\\u200b');
    assert.equal(plain('half \ud83d of one'), 'half \\ud83d of one');
    for (const text of ['Wärmepumpe', 'שלום', '電力', '👩‍🔧 <b>'])
      assert.equal(plain(text.replace('\u200d', '')), text.replace('\u200d', ''));
  });

  it('is cut where it is long, and says how long it is', () => {
    assert.equal(plain('x'.repeat(100)), 'x'.repeat(100));
    assert.equal(plain('x'.repeat(101)), `${'x'.repeat(100)}… (101)`);
  });
});
