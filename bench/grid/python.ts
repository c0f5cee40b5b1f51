import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { createInterface, type Interface } from 'node:readline';

const FOLDER = path.resolve(__dirname, '../../.gridwire/bench-python');
const PYTHON = path.join(FOLDER, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
const PACKAGES = ['pandapower==3.5.6', 'lightsim2grid==1.2.0', 'power-grid-model', 'numba'];
const INSTALL_TIMEOUT = 600_000;

/**
 * Makes a virtual environment with the peers in `.gridwire`, once.
 *
 * @returns why there is none, or undefined when it is ready
 */
export function preparePython(): string | undefined {
  if (isReady()) return undefined;
  mkdirSync(path.dirname(FOLDER), { recursive: true });
  const steps: [string, string[]][] = [
    ['python3', ['-m', 'venv', FOLDER]],
    [PYTHON, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES]],
  ];
  for (const [command, options] of steps) {
    const { status, stderr, error } = spawnSync(command, options, {
      encoding: 'utf8',
      timeout: INSTALL_TIMEOUT,
    });
    if (status !== 0) {
      const reason = error?.message ?? stderr.trim().split('\n').at(-1) ?? '';
      return `${path.basename(command)} ${options[1] ?? ''} failed: ${reason}`;
    }
  }
  return isReady() ? undefined : 'the installed packages cannot be imported';
}

function isReady(): boolean {
  if (!existsSync(PYTHON)) return false;
  return spawnSync(PYTHON, ['-c', 'import pandapower, lightsim2grid, power_grid_model']).status === 0;
}

/** Versions of what takes part, for the report. */
export function pythonVersions(): string[] {
  const code =
    'import sys, scipy, pandapower, lightsim2grid, power_grid_model; ' +
    "print('Python', sys.version.split()[0]); print('scipy', scipy.__version__); " +
    "print('pandapower', pandapower.__version__); print('lightsim2grid', lightsim2grid.__version__); " +
    "print('power-grid-model', power_grid_model.__version__)";
  return spawnSync(PYTHON, ['-c', code], { encoding: 'utf8' }).stdout.trim().split('\n');
}

/** One process of `peer.py`; it ends with this one, because its input ends then. */
export class PythonPeer {
  private process: ChildProcess | undefined;
  private lines: Interface | undefined;

  async ask(request: Record<string, string>): Promise<Record<string, unknown>> {
    const { process: child, lines } = this.start();
    const reply = new Promise<string>((resolve, reject) => {
      lines.once('line', resolve);
      child.once('exit', () => {
        reject(new Error('The Python peer has ended.'));
      });
    });
    child.stdin?.write(`${JSON.stringify(request)}\n`);
    const answer = JSON.parse(await reply) as Record<string, unknown>;
    if (typeof answer.error === 'string') throw new Error(`The Python peer failed: ${answer.error}`);
    child.removeAllListeners('exit');
    return answer;
  }

  private start(): { process: ChildProcess; lines: Interface } {
    if (this.process === undefined || this.lines === undefined) {
      const child = spawn(PYTHON, [path.join(__dirname, 'peer.py')], { stdio: ['pipe', 'pipe', 'ignore'] });
      this.process = child;
      this.lines = createInterface({ input: child.stdout });
    }
    return { process: this.process, lines: this.lines };
  }
}
