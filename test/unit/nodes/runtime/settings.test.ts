import assert from 'node:assert/strict';
import type { Node, NodeAPI } from 'node-red';
import { Settings } from '../../../../nodes/runtime/settings.js';

const NO_NODE_RED = {} as NodeAPI;
const NO_NODE = Object.create(null) as Node;

/** What one way of reading finds of a value, and the fields that it calls wrong. */
function read(value: unknown, reader: (settings: Settings) => unknown): [found: unknown, faults: number] {
  const settings = new Settings(NO_NODE_RED, NO_NODE, { field: value });
  const found = reader(settings);
  try {
    settings.finish();
    return [found, 0];
  } catch (error) {
    return [found, (error as { details: { faults: unknown[] } }).details.faults.length];
  }
}

describe('settings of a node', () => {
  const integer = (settings: Settings): number =>
    settings.integer('field', { minimum: 0, maximum: 100, otherwise: 30 });

  it('take a whole number as it is written, and nothing for what is left empty', () => {
    for (const value of ['', '  ', undefined, null]) assert.deepEqual(read(value, integer), [30, 0]);
    assert.deepEqual(read(' 7 ', integer), [7, 0]);
    for (const value of ['0x10', '1e1', '7.0', 'seven', {}, [], 7.5])
      assert.deepEqual(read(value, integer), [30, 1], JSON.stringify(value));
  });

  it('say what is no truth value, no text, and no list of rows', () => {
    const flag = (settings: Settings): boolean => settings.flag('field', true);
    assert.deepEqual(
      ['false', false, '', undefined].map((value) => read(value, flag)[0]),
      [false, false, true, true],
    );
    for (const value of ['no', 0, 'False', []])
      assert.deepEqual(read(value, flag), [true, 1], JSON.stringify(value));
    for (const value of [{}, ['a']]) {
      assert.deepEqual(
        read(value, (settings) => settings.text('field')),
        ['', 1],
      );
      assert.deepEqual(
        read(value, (settings) => settings.verbatim('field')),
        ['', 1],
      );
      assert.deepEqual(
        read(value, (settings) => settings.rows('field')),
        [[], 1],
      );
    }
    assert.deepEqual(
      read([{ a: 1 }], (settings) => settings.rows('field')),
      [[{ a: 1 }], 0],
    );
  });
});
