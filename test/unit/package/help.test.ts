import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { helpHtml } from '../../../scripts/help-html.cjs';
import { labelKeys, unexplained } from '../../support/labels.js';
import { wordsOf } from '../../support/languages.js';
import { panels, ROOT } from '../../support/panels.js';

const README = readFileSync(path.join(ROOT, 'README.md'), 'utf8');

describe('the help texts', () => {
  for (const { type, folder, html } of panels()) {
    it(`${type}: explains every label of its panel, and links to pages that there are`, () => {
      const words = wordsOf(folder, 'en-US');
      const help = helpHtml(ROOT, folder, 'en-US');
      const labels = labelKeys(html).map((key) => words[key] ?? key);
      assert.deepEqual(unexplained(labels, help), []);
      const pages = [...help.matchAll(/href="[^"]*\/blob\/main\/(docs\/[^"]+)"/g)].map(([, page]) => page!);
      assert.ok(pages.length > 0, 'no link to the documentation');
      assert.deepEqual(
        pages.filter((page) => !existsSync(path.join(ROOT, page))),
        [],
      );
    });
  }
});

describe('the names of the nodes', () => {
  for (const { type, folder, html } of panels()) {
    const name = wordsOf(folder, 'en-US')[`${type}.label.palette`];
    if (html.includes("category: 'config'") || name === undefined) continue;
    it(`${name} is called the same in the README`, () => {
      const rows = README.split('\n').filter((line) => line.startsWith('| '));
      const names = rows.flatMap((row) =>
        row
          .split('|')[1]!
          .split(',')
          .map((each) => each.trim()),
      );
      assert.ok(names.includes(name), `the table of the nodes has no "${name}"`);
    });
  }
});

describe('the check of the help texts, tried on bad ones', () => {
  it('misses no label that is not named', () => {
    assert.deepEqual(unexplained(['Wait (s)', 'Topic'], '<dt>Topic</dt><dd>Where to.</dd>'), ['Wait (s)']);
  });
  it('finds labels of controls and of tables', () => {
    const html = `<label for="a"><i></i> <span data-i18n="x.field.a"></span></label>
      <div class="form-row gridwire-list-row">\n <span data-i18n="x.field.b"></span></div>`;
    assert.deepEqual(labelKeys(html), ['x.field.a', 'x.field.b']);
  });
});
