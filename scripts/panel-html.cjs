// The panels' HTML: rows that several panels have alike stand once, in nodes/fields/rows/<name>.html, and a panel takes
// them in with a line `<!-- row: <name> -->`.
const { readFileSync } = require('node:fs');
const path = require('node:path');

const ROW = /^( *)<!-- row: ([a-z-]+) -->$/gm;

/**
 * The HTML of a node's panel as the editor gets it.
 * @param {string} root the folder of the project
 * @param {string} name the node's folder below nodes/
 * @returns {string}
 */
function panelHtml(root, name) {
  const rows = path.join(root, 'nodes/fields/rows');
  const html = readFileSync(path.join(root, 'nodes', name, `${name}.html`), 'utf8');
  return html.replaceAll(ROW, (_line, indent, row) =>
    readFileSync(path.join(rows, `${row}.html`), 'utf8')
      .trimEnd()
      .replaceAll(/^(?=.)/gm, indent),
  );
}

module.exports = { panelHtml };
