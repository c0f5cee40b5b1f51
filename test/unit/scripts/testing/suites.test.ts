import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import path from 'node:path';
import { groupsOf, plannedRuns } from '../../../../scripts/testing/suites.js';

const root = path.resolve(__dirname, '../../../..');

describe('the runs of npm test', () => {
  it('leave nothing out on the first version of Node-RED, and only what is there on the second', () => {
    const runs = plannedRuns(root, ['system', 'editor']);
    assert.deepEqual(
      runs.map(({ label, ignore }) => [label, ignore.length > 0]),
      [
        ['system (Node-RED 5)', false],
        ['system (Node-RED 4.1)', true],
        ['editor (Node-RED 5)', false],
        ['editor (Node-RED 4.1)', true],
      ],
    );
    const named = runs.flatMap(({ ignore }) => ignore).filter((glob) => glob.endsWith('.test.ts'));
    assert.deepEqual(
      named.filter((glob) => globSync(glob, { cwd: root }).length === 0),
      [],
    );
  });

  it('go side by side where no real time is measured: what is one process, and the browsers', () => {
    const groups = groupsOf(plannedRuns(root, [])).map((group) => group.map(({ label }) => label));
    assert.deepEqual(groups, [
      ['unit', 'simulation', 'flow (Node-RED 5)', 'flow (Node-RED 4.1)'],
      ['system (Node-RED 5)'],
      ['system (Node-RED 4.1)'],
      ['editor (Node-RED 5)', 'editor (Node-RED 4.1)'],
    ]);
  });
});
