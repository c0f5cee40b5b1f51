import assert from 'node:assert/strict';
import { fileText } from '../../src/file-text.js';

describe('the text of a file', () => {
  it('is the same in UTF-8 with and without a mark, and in UTF-16 with one', () => {
    const text = 'serialNumber;name\nA;Kühlhaus € 🔋';
    const little = Buffer.from(`\ufeff${text}`, 'utf16le');
    const big = Buffer.from(little).swap16();
    for (const bytes of [Buffer.from(text), Buffer.from(`\ufeff${text}`), little, big])
      assert.equal(fileText(bytes), text);
  });

  it('is refused in any other encoding, in which letters would become others', () => {
    const refused = [
      Buffer.from('Kühlhaus', 'latin1'),
      Buffer.from('plain', 'utf16le'),
      Buffer.from([0xff, 0xfe, 0x00, 0xd8]),
    ];
    for (const bytes of refused)
      assert.throws(() => fileText(bytes), { code: 'SETTING_INVALID', message: /UTF-8/ });
  });
});
