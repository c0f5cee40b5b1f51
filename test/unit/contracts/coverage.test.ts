import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '../../..');
const STATES = ['done', 'elsewhere', 'differs', 'not taken over'];

describe('coverage table of the five documents', () => {
  const folder = path.join(root, 'test/unit/contracts/documents');
  const tests = readdirSync(folder).map((file) => readFileSync(path.join(folder, file), 'utf8'));
  const rows = readFileSync(path.join(root, 'docs/contracts/coverage.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (---|feature)/.test(line))
    .map((line) => line.split('|').map((text) => text.trim()));

  it('has rows for every document', () => assert.ok(rows.length > 50));

  for (const [, feature = '', test = '', state = ''] of rows) {
    it(`${feature}: ${state.slice(0, 60)}`, () => {
      assert.ok(
        STATES.some((word) => state.startsWith(word)),
        `unknown state "${state}"`,
      );
      if (test === '') assert.match(state, /^(elsewhere|not taken over): ./);
      else
        assert.ok(
          tests.some((source) => source.includes(test)),
          `no test is named "${test}"`,
        );
    });
  }
});

/** The documents, where they stand beside the clone, and their headings in the table. */
const DOCUMENTS: [file: string, heading: string][] = [
  ['celine-dt-event-broker.md', 'CELINE Digital Twin'],
  ['ecogrid-ems-message-queue.md', 'EcoGrid EMS'],
  ['taylordash-mqtt-events.md', 'TaylorDash'],
  ['powergrid-message-broker.md', 'PowerGrid 2.0'],
  ['battery-hawk-mqtt.md', 'Battery Hawk'],
];

describe('coverage table, section by section (../shared/data)', () => {
  const seeds = path.resolve(root, '../shared/seeds');
  const table = readFileSync(path.join(root, 'docs/contracts/coverage.md'), 'utf8');

  for (const [file, heading] of DOCUMENTS) {
    it(`${heading}: every section of the document has its place`, function () {
      if (!existsSync(path.join(seeds, file))) this.skip();
      const [, part = ''] = table.split(`### ${heading}, section by section`);
      const lines = (part.split('\n#')[0] ?? '').split('\n').filter((line) => line.startsWith('- '));
      const placed = lines.flatMap((line) => (line.slice(2).split(' — ')[0] ?? '').split(' · '));
      const document = readFileSync(path.join(seeds, file), 'utf8').replaceAll(/^```[^]*?^```/gm, '');
      const sections = [...document.matchAll(/^##+ (.+)$/gm)].map(([, title = '']) =>
        title.replaceAll('`', '').trim(),
      );
      assert.ok(sections.length > 10);
      assert.deepEqual(
        sections.filter((title) => !placed.includes(title)),
        [],
      );
    });
  }
});
