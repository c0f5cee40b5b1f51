import assert from 'node:assert/strict';
import { GridwireError } from '../../../src/errors.js';
import { isWanted, readSaid } from '../../../src/stream/wish.js';

const wish = (text: string) => {
  const said = readSaid(text).wish;
  assert.ok(said);
  return said;
};

describe('what a client of a stream wants', () => {
  it('is everything, until it names kinds or topics, and both where it names both', () => {
    const both = wish('{"kinds":["a","b"],"topics":["tracker/events/+/created","tracker/metrics/#"]}');
    const cases: [string, string, boolean][] = [
      ['a', 'tracker/events/projects/created', true],
      ['b', 'tracker/metrics/cpu', true],
      ['c', 'tracker/events/projects/created', false],
      ['a', 'tracker/events/projects/deleted', false],
    ];
    for (const [kind, topic, expected] of cases) assert.equal(isWanted(both, kind, topic), expected, topic);
    assert.equal(isWanted(wish('{}'), 'anything', 'any/where'), true);
  });

  it('does not change with a token alone', () => {
    assert.deepEqual(readSaid('{"token":"t"}'), { wish: undefined, token: 't' });
    assert.deepEqual(readSaid('{"token":"t","kinds":["a"]}').wish?.kinds, ['a']);
  });

  const many = JSON.stringify(Array.from({ length: 51 }, () => 'a'));
  const refused: [string, string][] = [
    ['nonsense', 'BODY_NOT_JSON'],
    ['[]', 'SETTING_INVALID'],
    ['null', 'SETTING_INVALID'],
    ['{"kind":"a"}', 'SETTING_INVALID'],
    ['{"kinds":"a"}', 'SETTING_INVALID'],
    ['{"kinds":[]}', 'SETTING_INVALID'],
    ['{"kinds":[1]}', 'SETTING_INVALID'],
    [`{"kinds":${many}}`, 'SETTING_INVALID'],
    [`{"kinds":["${'a'.repeat(1_025)}"]}`, 'SETTING_INVALID'],
    ['{"topics":["a/#/b"]}', 'FILTER_ILLEGAL'],
    ['{"withTopic":"yes"}', 'SETTING_INVALID'],
    ['{"token":7}', 'SETTING_INVALID'],
  ];
  for (const [text, code] of refused)
    it(`is refused for ${text.slice(0, 40)}`, () =>
      assert.throws(
        () => readSaid(text),
        (thrown) => thrown instanceof GridwireError && thrown.code === code,
      ));
});
