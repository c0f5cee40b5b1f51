import assert from 'node:assert/strict';
import { conditionWords } from '../../../../nodes/runtime/condition-words.js';
import { CONDITIONS } from '../../../../src/observe/conditions/conditions.js';
import { flat, languages, sharedWords, wordsOf } from '../../../support/languages.js';

describe('the words for what is wrong, in statuses', () => {
  for (const language of languages()) {
    const words = flat(sharedWords(language));
    const RED = {
      _: (key: string, values: Record<string, string> = {}): string =>
        words[key.replace(/^gridwire\./, '')]!.replaceAll(/__(\w+?)__/g, (_, name: string) => values[name]!),
    };

    it(`are those of the sidebar, and name no condition by its internal name (${language})`, () => {
      const sidebar = wordsOf('broker', language);
      const key = Object.keys(sidebar).find((each) => each.endsWith('.alarm.broker-away'))!;
      for (const name of CONDITIONS) {
        const shown = conditionWords(RED, { name, subject: 'site broker' });
        const meant = sidebar[key.replace('broker-away', name)]!;
        assert.ok(shown.startsWith(meant) && shown.endsWith('site broker'), shown);
        assert.ok(!shown.includes(name), shown);
      }
      assert.equal(
        conditionWords(RED, { name: 'disk-full', subject: 'disk' }),
        words['condition.disk-full'],
        'the disk is not named twice',
      );
    });
  }
});
