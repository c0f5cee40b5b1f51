import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** What the built package is made of. */
export const SOURCES = ['src', 'nodes', 'icons', 'package.json', 'tsconfig.json'];

/** Builds dist/ and resources/; the compiler's messages go to the terminal. */
export function build(root: string): boolean {
  return (
    spawnSync(process.execPath, [path.join(root, 'scripts/build.mjs')], { stdio: 'inherit' }).status === 0
  );
}

/** Whether there is a build, and it is younger than every source file. */
export function isBuilt(root: string): boolean {
  const built = path.join(root, 'dist/src/index.js');
  if (!existsSync(built)) return false;
  const builtAt = statSync(built).mtimeMs;
  return SOURCES.every((source) => newestChange(path.join(root, source)) <= builtAt);
}

function newestChange(target: string): number {
  if (!existsSync(target)) return 0;
  const stats = statSync(target);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(0, ...readdirSync(target).map((name) => newestChange(path.join(target, name))));
}
