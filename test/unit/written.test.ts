import assert from 'node:assert/strict';
import { cellText, decimalNumber, hexadecimalNumber, wholeNumber } from '../../src/written.js';

/** What JavaScript's own reader takes for a number. */
const NONE = [
  '',
  ' ',
  '\n',
  '0x10',
  '0b1',
  '0o7',
  '1_000',
  '1,5',
  'Infinity',
  'NaN',
  '1e999',
  '٣',
  '--1',
  '.',
  'e5',
];

describe('what is written into a field', () => {
  it('is a number only where it is written as one', () => {
    for (const text of NONE)
      assert.deepEqual([text, decimalNumber(text), wholeNumber(text)], [text, undefined, undefined]);
    assert.deepEqual(['7', '-7', '+7', '007'].map(wholeNumber), [7, -7, 7, 7]);
    assert.deepEqual(['1e3', '1.0', '9007199254740993'].map(wholeNumber), [undefined, undefined, undefined]);
    assert.deepEqual(['1e3', '.5', '5.', '-0.25'].map(decimalNumber), [1000, 0.5, 5, -0.25]);
  });

  it('is no number that would be kept as another one', () => {
    const inexact = ['9007199254740993', '-9007199254740993', `1${'0'.repeat(23)}`];
    assert.deepEqual(inexact.map(decimalNumber), [undefined, undefined, undefined]);
    const exact = ['9007199254740992', '-4294967296', '18446744073709551616'];
    assert.deepEqual(exact.map(decimalNumber), [2 ** 53, -(2 ** 32), 2 ** 64]);
    const hexadecimal = ['0x8000', '-0XFF', '0x20000000000001', '0x', 'ff'];
    assert.deepEqual(hexadecimal.map(hexadecimalNumber), [32768, -255, undefined, undefined, undefined]);
  });

  it('is a text or a number, and nothing else becomes an empty cell', () => {
    assert.deepEqual([undefined, null, ' a ', 5].map(cellText), ['', '', 'a', '5']);
    for (const value of [true, {}, [], NaN]) assert.equal(cellText(value), undefined);
  });
});
