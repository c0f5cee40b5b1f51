// The help texts: what several of them have alike stands once for each language, in nodes/fields/help/<language>.html
// under lines `<!-- part: <name> -->`, and a help text takes it in with a line `<!-- row: <name> -->`. `{{key}}` stands
// for the word of the panel, so that help and panel never call a thing differently, and `<!-- docs: <page> … -->` for
// links to pages of the documentation.
const { readFileSync } = require('node:fs');
const path = require('node:path');

const ROW = /^ *<!-- row: ([a-z-]+) -->$/gm;
const DOCS = /^( *)<!-- docs: ([a-z -]+) -->$/gm;
const WORD = /\{\{([\w.-]+)\}\}/g;

/**
 * The help text of a node as the editor gets it.
 * @param {string} root the folder of the project
 * @param {string} name the node's folder below nodes/
 * @param {string} language as Node-RED calls it
 * @returns {string}
 * @throws {Error} for a part or a word that is not there
 */
function helpHtml(root, name, language) {
  const read = (...parts) => readFileSync(path.join(root, 'nodes', ...parts), 'utf8');
  const parts = partsOf(read('fields/help', `${language}.html`));
  const words = {
    // The sidebar's, which several help texts name.
    ...JSON.parse(read('broker', 'locales', language, 'broker.json')),
    ...JSON.parse(read(name, 'locales', language, `${name}.json`)),
    gridwire: JSON.parse(read('runtime/locales', `${language}.json`)),
  };
  const { homepage } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const pages = homepage.replace('#readme', '/blob/main/docs/');
  const found = (thing, key) => {
    if (thing === undefined)
      throw new Error(`${name} (${language}): the help text names ${key}, which is not there`);
    return thing;
  };
  return read(name, 'locales', language, `${name}.html`)
    .replaceAll(ROW, (_line, part) => found(parts.get(part), part))
    .replaceAll(DOCS, (_line, indent, names) =>
      names
        .split(' ')
        .map(
          (page) =>
            `${indent}<li><a href="${pages}${page}.md" target="_blank" rel="noopener">docs/${page}.md</a></li>`,
        )
        .join('\n'),
    )
    .replaceAll(WORD, (_all, key) =>
      found(
        key.split('.').reduce((value, step) => value?.[step], words),
        key,
      ),
    );
}

/** The shared parts by their names. */
function partsOf(text) {
  const pieces = text.split(/^<!-- part: ([a-z-]+) -->\n/gm).slice(1);
  return new Map(
    pieces.flatMap((piece, index) => (index % 2 === 0 ? [[piece, pieces[index + 1].trimEnd()]] : [])),
  );
}

module.exports = { helpHtml };
