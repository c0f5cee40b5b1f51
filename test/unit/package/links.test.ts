import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../support/panels.js';

/** Files that a page links to or shows, and that are not there. Addresses and places within the page are left out. */
function missing(page: string): string[] {
  const text = readFileSync(path.join(ROOT, page), 'utf8').replaceAll(/```[^]*?```|`[^`\n]*`/g, '');
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)|\b(?:src|srcset)="([^"]+)"/g)].map(
    ([, link, picture]) => link ?? picture ?? '',
  );
  return targets
    .filter((target) => !/^(?:[a-z]+:|#)/.test(target))
    .map((target) => target.replace(/#.*/, ''))
    .filter((target) => !existsSync(path.join(ROOT, path.dirname(page), target)));
}

describe('the pages of the documentation', () => {
  const docs = readdirSync(path.join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' });
  const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'].concat(
    docs.filter((file) => file.endsWith('.md')).map((file) => path.join('docs', file)),
  );

  for (const page of pages)
    it(`${page} links to files, and shows pictures, that there are`, () =>
      assert.deepEqual(missing(page), []));

  it('show each picture in both themes', () => {
    const shown = pages.map((page) => readFileSync(path.join(ROOT, page), 'utf8')).join('');
    for (const picture of readdirSync(path.join(ROOT, 'docs/images')))
      assert.ok(shown.includes(`/${picture}"`), picture);
  });
});
