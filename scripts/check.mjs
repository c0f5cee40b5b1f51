// Types, lint and format; fails on any. Types go first: a type error makes lint noise.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const bin = (file) => path.join(root, 'node_modules', file);
const steps = [
  ['types (runtime, tests, bench)', bin('@typescript/native/bin/tsc'), '-p', 'tsconfig.test.json'],
  ...(existsSync(path.join(root, 'nodes/editor/browser/index.ts'))
    ? [['types (editor)', bin('@typescript/native/bin/tsc'), '-p', 'nodes/editor/browser/tsconfig.json']]
    : []),
  ['lint', bin('eslint/bin/eslint.js'), '--max-warnings', '0', '.'],
  ['format', bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'],
];

let failed = false;
for (const [name, ...command] of steps) {
  const result = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' });
  console.log(`${result.status === 0 ? 'ok  ' : 'FAIL'} ${name}`);
  if (result.status !== 0) failed = true;
}
process.exit(failed ? 1 : 0);
