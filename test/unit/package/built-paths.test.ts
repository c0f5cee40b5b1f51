import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../../..');
const FOLDERS = ['scripts', 'bench', 'test'];
/** What no compiler follows: a file of the built package, named in a text. */
const BUILT = /dist\/((?:src|nodes)\/[\w./-]+)\.js\b/g;

describe('files of the built package that scripts name', () => {
  it('are built from a source that is there', () => {
    const missing = FOLDERS.flatMap((folder) =>
      readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.(ts|mjs|cjs)$/.test(file))
        .flatMap((file) =>
          [...readFileSync(path.join(ROOT, folder, file), 'utf8').matchAll(BUILT)]
            .filter(([, source]) => !existsSync(path.join(ROOT, `${source}.ts`)))
            .map(([named]) => `${folder}/${file}: ${named}`),
        ),
    );
    assert.deepEqual(missing, []);
  });
});
