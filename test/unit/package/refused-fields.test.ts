import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { panels, ROOT } from '../../support/panels.js';

/** How a node's runtime file refuses what a field holds. */
const REFUSALS = /settings\s*\.(?:fault|check|integer)\(\s*'(\w+)'/g;

/** What only the runtime knows: what a memory broker of that name is, what a network is made of. */
const KNOWN_TO_THE_RUNTIME = ['memoryName', 'device'];

/** The fields of a panel that somebody writes into, of which nothing checks what is written. */
function uncheckedFields(html: string): string[] {
  const written = [
    ...html.matchAll(/<(?:input type="text"|textarea) id="node-(?:config-)?input-(\w+)"/g),
  ].map(([, field = '']) => field);
  return written.filter((field) => {
    const [definition = ''] =
      new RegExp(`^      ${field}: \\{(?:.*\\},?$|[^]*?^      \\})`, 'm').exec(html) ?? [];
    return definition !== '' && !/validate|required: true|type: '/.test(definition);
  });
}

function refusedFields(folder: string): string[] {
  const files = readdirSync(path.join(ROOT, 'nodes', folder)).filter((file) => file.endsWith('.ts'));
  const source = files.map((file) => readFileSync(path.join(ROOT, 'nodes', folder, file), 'utf8')).join('\n');
  return [...source.matchAll(REFUSALS)].map(([, field = '']) => field);
}

describe('what a node refuses', () => {
  for (const { type, folder, html } of panels())
    it(`is marked in the panel of ${type} while it is written`, () => {
      const unchecked = uncheckedFields(html);
      assert.deepEqual(
        refusedFields(folder).filter(
          (field) => unchecked.includes(field) && !KNOWN_TO_THE_RUNTIME.includes(field),
        ),
        [],
      );
    });
});
