import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ERROR_AREAS } from '../../scripts/errors/advice.js';
import { ERROR_CODES } from '../../src/errors.js';

const root = path.resolve(__dirname, '../..');

/** All code but the list of codes itself. */
function sources(): string {
  const files = ['src', 'nodes'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => path.join(root, folder, file)),
  );
  return files
    .filter((file) => file !== path.join(root, 'src/errors.ts'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
}

describe('error codes', () => {
  it('are each explained once in docs/errors.md', () => {
    const explained = Object.values(ERROR_AREAS).flatMap((area) => Object.keys(area));
    assert.deepEqual(explained.sort(), [...ERROR_CODES].sort());
  });

  it('are each raised somewhere', () => {
    const text = sources();
    const unused = ERROR_CODES.filter((code) => !text.includes(`'${code}'`));
    assert.deepEqual(unused, []);
  });
});
