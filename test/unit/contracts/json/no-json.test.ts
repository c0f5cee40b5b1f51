import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { parseJsonBody } from '../../../../src/contracts/json/json-body.js';
import { refusal } from '../helpers/check.js';

/** What programs of the field send where JSON is meant, and what its sender has to be told. */
const MISTAKES: [what: string, body: Buffer, code: string, told: RegExp][] = [
  ['packed', gzipSync('{"a":1}'), 'BODY_NOT_TEXT', /packed.*send it unpacked/],
  ['UTF-16 with a mark', Buffer.from('\uFEFF{"a":1}', 'utf16le'), 'BODY_NOT_TEXT', /UTF-16; send UTF-8/],
  ['UTF-16 without one', Buffer.from('{"a":1}', 'utf16le'), 'BODY_NOT_JSON', /UTF-16; send UTF-8/],
  [
    'framed by a schema registry',
    Buffer.concat([Buffer.from([0, 0, 0, 0, 7]), Buffer.from('{"a":1}')]),
    ...(['BODY_NOT_JSON', /schema registry.*plain JSON/] as const),
  ],
  ['a text of C', Buffer.from('{"a":1}\0'), 'BODY_NOT_JSON', /ends in a NUL/],
  ['XML', Buffer.from('\n<reading kW="1"/>'), 'BODY_NOT_JSON', /XML/],
  ['NaN of Python', Buffer.from('{"NaN":"NaN","a":[1, NaN]}'), 'BODY_NOT_JSON', /no NaN; send null/],
  ['-Infinity of Python', Buffer.from('{"a":-Infinity}'), 'BODY_NOT_JSON', /no -Infinity; send null/],
  ['lines', Buffer.from('{"a":"\\"}"}\r\n{"a":2}\n'), 'BODY_NOT_JSON', /one document a line/],
];

describe('A body that is no JSON', () => {
  for (const [what, body, expected, told] of MISTAKES) {
    it(`is answered by what it is: ${what}`, () => {
      const { code, message } = refusal(() => parseJsonBody(body));
      assert.equal(code, expected);
      assert.match(message, told);
    });
  }

  it('is called nothing that it is not', () => {
    for (const body of ['ON', '{"a":"NaN"', '{"a":1', "{'a':1}", '{"text":"<br>}\\n{"', '[1,\n[2],\n'])
      assert.match(
        refusal(() => parseJsonBody(Buffer.from(body))).message,
        /^The message is not JSON: [^.]*(\.\.\.[^.]*)*\.$/,
      );
  });
});
