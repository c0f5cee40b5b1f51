import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { generatedFiles } from '../../../scripts/contracts/generated-files.js';

const root = path.resolve(__dirname, '../../..');

describe('what is made of the contracts and the error codes', () => {
  it('is up to date (run "npm run docs" after changing one)', async () => {
    for (const [file, text] of await generatedFiles()) {
      assert.equal(readFileSync(path.join(root, file), 'utf8'), text, file);
    }
  });
});
