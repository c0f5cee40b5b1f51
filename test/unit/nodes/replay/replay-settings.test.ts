import assert from 'node:assert/strict';
import {
  EVENT_MEMBERS,
  LETTER_MEMBERS,
  type ReplaySettings,
  selectionOf,
} from '../../../../nodes/replay/replay-settings.js';

const PANEL = { topicFilter: 'a/#', kinds: ['k'], types: [], codes: [], age: 0 } as unknown as ReplaySettings;

describe('what a message selects for a replay', () => {
  it('is what the panel says, unless the message says otherwise', () => {
    const asked = [undefined, null, 1_764_400_000_000, 'go', {}].map((payload) =>
      selectionOf(payload, PANEL, 0, EVENT_MEMBERS),
    );
    for (const selection of asked) assert.deepEqual(selection, { topicFilter: 'a/#', kinds: ['k'] });
    assert.deepEqual(selectionOf({ topicFilter: '#', codes: ['BODY_EMPTY'] }, PANEL, 0, LETTER_MEMBERS), {
      ...{ topicFilter: '#', kinds: ['k'], codes: ['BODY_EMPTY'] },
    });
  });

  it('is refused where it would select everything for a slip', () => {
    const slips = [
      ...[{ topicfilter: 'b' }, { since: 0 }, ['a'], { kinds: [] }, { kinds: [' '] }, { kinds: 'k' }],
      ...[{ topicFilter: '' }, { topicFilter: 5 }, { codes: ['BODY_EMPTY'] }, { from: '' }, { to: 'soon' }],
    ];
    const sparse: unknown[] = [];
    sparse.length = 4_000_000_000;
    assert.throws(() => selectionOf({ types: sparse }, PANEL, 0, EVENT_MEMBERS), { code: 'SETTING_INVALID' });
    for (const payload of slips)
      assert.throws(
        () => selectionOf(payload, PANEL, 0, EVENT_MEMBERS),
        { code: 'SETTING_INVALID' },
        JSON.stringify(payload),
      );
    assert.throws(
      () => selectionOf({ kinds: ['k'] }, PANEL, 0, LETTER_MEMBERS),
      /topicFilter, codes, from, to/,
    );
  });
});
