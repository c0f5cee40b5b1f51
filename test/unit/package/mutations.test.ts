import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { mutations as inbox } from '../../simulation/mutations/inbox.js';
import { mutations as letters } from '../../simulation/mutations/letters.js';
import { mutations as outbox } from '../../simulation/mutations/outbox.js';

const ROOT = path.resolve(__dirname, '../../..');
const ALL = [...inbox, ...letters, ...outbox];
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

describe('the wrong changes of npm run mutate', () => {
  it('each change what stands in the code now, at one place', () => {
    for (const { name, also = [], ...first } of ALL) {
      for (const { file, find } of [first, ...also])
        assert.equal(read(file).split(find).length - 1, 1, `${name}: ${file}`);
    }
  });

  it('are as many as the README says', () => {
    assert.equal(/one of (\d+) small things/.exec(read('README.md'))?.[1], String(ALL.length));
  });
});
