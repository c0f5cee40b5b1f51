import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { hardCodedColours, keysOf, panels, ROOT, unlabelledControls } from '../../support/panels.js';

const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
const shared = { gridwire: JSON.parse(read('nodes/runtime/locales/en-US.json')) as Record<string, unknown> };
const sources = readdirSync(path.join(ROOT, 'nodes'), { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(ts|html)$/.test(file))
  .map((file) => read(path.join('nodes', file)))
  .join('\n');

describe('the panels', () => {
  for (const { type, folder, html, words } of panels()) {
    describe(type, () => {
      it('has a word for every key it uses', () => {
        const known = [...keysOf(words), ...keysOf(shared)];
        assert.deepEqual(
          usedKeys(html).filter((key) => !known.includes(key)),
          [],
        );
      });

      it('uses every word it has', () => {
        assert.deepEqual(
          keysOf(words).filter((key) => !isUsed(key.replace(/_plural$/, ''))),
          [],
        );
      });

      it('begins with what is wrong with its node', () => {
        assert.match(html, /class="gridwire-panel"/);
        assert.match(html, /gridwire\.showState\(this\);/);
      });

      it('labels every control', () => {
        assert.deepEqual(unlabelledControls(html), []);
      });

      it('makes no markup of text', () => {
        assert.doesNotMatch(html, /innerHTML|outerHTML|insertAdjacentHTML|\.html\(|\$\(\s*[`'"]\s*</);
        assert.doesNotMatch(html, /RED\.notify\(/);
      });

      it('takes its colours from the theme', () => {
        assert.deepEqual(hardCodedColours(html), []);
      });

      it('has a help text and an icon', () => {
        const help = `nodes/${folder}/locales/en-US/${folder}.html`;
        assert.ok(existsSync(path.join(ROOT, help)), help);
        assert.match(read(help), new RegExp(`data-help-name="${type}"`));
        assert.ok(existsSync(path.join(ROOT, 'icons', `gridwire-${folder}.svg`)));
      });
    });
  }

  it('share words of which every one is used', () => {
    assert.deepEqual(
      keysOf(shared).filter((key) => !isUsed(key)),
      [],
    );
  });
});

describe('the checks of the panels, tried on bad ones', () => {
  const template = (body: string) => `<script type="text/html" data-template-name="x">${body}</script>`;

  it('miss no control without a label', () => {
    const body =
      '<label for="a"></label><input id="a"/><select id="b"></select><input id="c" aria-label="c"/>';
    assert.deepEqual(unlabelledControls(template(body)), ['b']);
  });

  it('miss no colour but the one of the palette', () => {
    assert.deepEqual(
      hardCodedColours("    color: '#8fc1b5',\n  color: #fff;\n border: 1px solid rgb(1,2,3)"),
      ['#fff', 'rgb('],
    );
  });

  it('find keys in attributes and in code', () => {
    const html = `<span data-i18n="x.a"></span><input data-i18n="[placeholder]x.b;[title]x.c"> this._('x.d')`;
    assert.deepEqual(usedKeys(html), ['x.a', 'x.b', 'x.c', 'x.d']);
  });
});

/** The keys an html file names in data-i18n attributes and in calls of `_`. */
function usedKeys(html: string): string[] {
  const attributes = [...html.matchAll(/data-i18n="([^"]+)"/g)].flatMap((match) =>
    match[1]!.split(';').map((part) => part.replace(/^\[[^\]]+\]/, '')),
  );
  const calls = [...html.matchAll(/\b_\(\s*'([^'$]+)'/g)].map((match) => match[1]!);
  return [...attributes, ...calls].filter((key) => !key.startsWith('node-red:') && !key.endsWith('.'));
}

/** Named in full, or put together from its group and a name that stands somewhere as a word of its own. */
function isUsed(key: string): boolean {
  if (sources.includes(key)) return true;
  const end = key.lastIndexOf('.') + 1;
  const [group, name] = [key.slice(0, end), key.slice(end)];
  return sources.includes(`\`${group}\${`) || new RegExp(`['"\`]${name}['"\`]`).test(sources);
}
