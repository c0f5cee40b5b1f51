import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { ROOT } from '../../support/panels.js';

/** What a reader finds first; what installing, building and running make is left out by git. */
const KNOWN = [
  '.ci .editorconfig .gitattributes .gitignore .npmrc .prettierignore .prettierrc.json',
  'CHANGELOG.md CONTRIBUTING.md LICENSE README.md SECURITY.md compose.yaml',
  'eslint.config.mjs package-lock.json package.json tsconfig.json tsconfig.test.json',
  'bench docs examples icons nodes scripts src test',
].flatMap((line) => line.split(' '));
const MADE =
  /^(\.git|\.gridwire|node_modules|dist|resources|coverage|sbom\.cdx\.json|THIRD-PARTY\.md|.*\.(log|tsbuildinfo|tgz))$/;

describe('the top level of the repository', () => {
  it('holds what is known and nothing that a test has left', () => {
    const strange = readdirSync(ROOT).filter((name) => !KNOWN.includes(name) && !MADE.test(name));
    assert.deepEqual(strange, []);
  });
});
