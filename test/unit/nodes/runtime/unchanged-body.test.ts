import assert from 'node:assert/strict';
import { unchangedOr } from '../../../../nodes/runtime/unchanged-body.js';

const CAME = '{ "timestamp": 1732900000123456789, "powerKw": 5.0 }';
const READ = { timestamp: '2024-11-29T17:06:40.123456789Z', powerKw: 5 };

describe('the bytes of a document whose time was read', () => {
  for (const [name, came, payload, expected] of [
    ['are those that came', CAME, READ, CAME],
    [
      'are the flow’s own after a change',
      CAME,
      { ...READ, powerKw: 6 },
      JSON.stringify({ ...READ, powerKw: 6 }),
    ],
    ['are the flow’s own where the number is none that was read', CAME, { a: 1 }, '{"a":1}'],
    ['stay a list', '[1732900000123456789]', ['2024-11-29T17:06:40.123456789Z'], '[1732900000123456789]'],
    [
      'are the flow’s own where all is one number',
      '1732900000123456789',
      1732900000123456800,
      '1732900000123456800',
    ],
  ] as const)
    it(name, () => assert.equal(String(unchangedOr(Buffer.from(came), payload)), expected));
});
