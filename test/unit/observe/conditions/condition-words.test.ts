import assert from 'node:assert/strict';
import type { NodeAPI } from 'node-red';
import { ShownAlarms } from '../../../../nodes/alarm/shown-alarms.js';
import { conditionWords } from '../../../../src/observe/conditions/condition-words.js';
import { CONDITIONS } from '../../../../src/observe/conditions/condition.js';
import { flat, languages, sharedWords } from '../../../support/languages.js';

describe('the words for what is wrong, in statuses', () => {
  for (const language of languages()) {
    const words = flat(sharedWords(language));
    const RED = {
      _: (key: string, values: Record<string, string> = {}): string =>
        words[key.replace(/^gridwire\./, '')]!.replaceAll(/__(\w+?)__/g, (_, name: string) => values[name]!),
    };

    it(`are those of the sidebar, and name no condition by its internal name (${language})`, () => {
      for (const name of CONDITIONS) {
        const shown = conditionWords(RED, { name, subject: 'site broker' });
        const meant = words[`condition.${name}`]!;
        assert.ok(shown.startsWith(meant) && shown.endsWith('site broker'), shown);
        assert.ok(!shown.includes(name), shown);
      }
      assert.equal(
        conditionWords(RED, { name: 'disk-full', subject: 'disk' }),
        words['condition.disk-full'],
        'the disk is not named twice',
      );
    });

    it(`put the subject together in the language of whoever reads (${language})`, () => {
      const queue = { how: 'queue', node: 'meters', broker: 'site broker' } as const;
      const own = { how: 'own-certificate', broker: 'site broker' } as const;
      const shown = [
        conditionWords(RED, { name: 'queue-old', subject: 'meters to site broker', form: queue }),
        conditionWords(RED, { name: 'certificate-ends', subject: 'site broker (own)', form: own }),
      ];
      for (const words of shown) {
        assert.ok(words.includes('site broker'), words);
        if (language !== 'en-US') assert.doesNotMatch(words, / to |\(own\)/);
      }
      assert.ok(shown[0]?.includes('meters'), shown[0]);
    });

    it(`stand in the panels of alarm and health with what to do (${language})`, () => {
      const told: unknown[] = [];
      const status = {
        ...{ clear: () => undefined, show: () => undefined, connection: () => undefined },
        set: (_part: string, _word: string, _values?: object, error?: { condition?: string }) =>
          told.push(error?.condition),
      };
      for (const name of CONDITIONS) {
        const condition = { name, subject: 'near', severity: 'critical', text: 'A sentence.' } as const;
        new ShownAlarms(RED as unknown as NodeAPI, status).show([
          { key: `${name} near`, state: 'active', since: 0, condition },
        ]);
        assert.ok(words[`condition-remedy.${name}`], name);
      }
      assert.deepEqual(told, [...CONDITIONS]);
    });
  }
});
