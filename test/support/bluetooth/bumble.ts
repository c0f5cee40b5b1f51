import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findProgram } from '../../../scripts/services/service.js';

const REQUIREMENTS = path.join(__dirname, 'requirements.txt');
const INSTALL_LIMIT_MS = 5 * 60_000;

/**
 * A Python with Bumble, installed from PyPI into the user's cache on first use (70 MB). Skips the suite where that is
 * not possible; with CI=true it fails instead.
 */
export function requireBumble(context: Mocha.Context): string {
  const problem = ((): string | undefined => {
    if (process.platform !== 'linux') return 'the virtual controller needs the pseudo-terminals of Linux';
    return installed() ? undefined : install();
  })();
  if (problem === undefined) return path.join(environment(), 'bin/python');
  if (process.env['CI'] === 'true') throw new Error(`${problem}; with CI=true it must work`);
  console.log(`      skipped: ${problem}`);
  return context.skip();
}

/** One folder per set of requirements, so that a change of them is noticed. */
function environment(): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache');
  const mark = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 12);
  return path.join(cache, 'gridwire', `bumble-${mark}`);
}

function installed(): boolean {
  return existsSync(path.join(environment(), 'installed'));
}

/** @returns why it did not work */
function install(): string | undefined {
  const python = findProgram('python3');
  if (python === undefined) return 'python3 is not installed (Debian: apt-get install python3-venv)';
  const folder = environment();
  console.log('      installing Bumble from PyPI; this takes a minute the first time');
  rmSync(folder, { recursive: true, force: true });
  const steps: [string, string[]][] = [
    [python, ['-m', 'venv', folder]],
    [path.join(folder, 'bin/pip'), ['install', '--quiet', '--requirement', REQUIREMENTS]],
  ];
  for (const [program, args] of steps) {
    const { status, stdout, stderr } = spawnSync(program, args, {
      encoding: 'utf8',
      timeout: INSTALL_LIMIT_MS,
    });
    if (status !== 0)
      return `Bumble cannot be installed (Debian: apt-get install python3-venv): ${stdout}${stderr}`;
  }
  // Written last, so that an interrupted installation is never taken for whole.
  writeFileSync(path.join(folder, 'installed'), '');
  return undefined;
}
