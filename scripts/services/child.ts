import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { answers, ServiceUnavailable } from './service.js';

/** A server process of ours, with what it has printed. */
export interface ServerProcess {
  readonly process: ChildProcess;
  /** Sends the signal and waits for the end; `SIGKILL` is the power cut of the tests. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Ends it, and keeps its folder, so that another can be started there. */
  end(signal: NodeJS.Signals): Promise<void>;
}

const running = new Set<ChildProcess>();

// A test run that is interrupted or crashes leaves nothing behind.
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/**
 * Starts a server in its temporary folder and waits until it accepts connections on its loopback port. The folder
 * is removed when the server is stopped or did not start.
 * @throws ServiceUnavailable with the end of its output if it exits first or is not there after `timeoutMs`
 */
export async function startServer(
  command: string,
  args: readonly string[],
  port: number,
  folder: string,
  account: Pick<SpawnOptions, 'uid' | 'gid'> = {},
  timeoutMs = 30_000,
): Promise<ServerProcess> {
  const child = spawn(command, args, { ...account, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  running.add(child);
  let output = '';
  const keep = (chunk: Buffer) => (output = (output + chunk.toString()).slice(-4000));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  child.once('error', (error) => (output += error.message));
  child.once('close', () => running.delete(child));

  const isOver = () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
  const deadline = Date.now() + timeoutMs;
  while (!(await answers('127.0.0.1', port))) {
    if (isOver() || Date.now() > deadline) {
      child.kill('SIGKILL');
      removeFolder();
      throw new ServiceUnavailable(`${command} did not start on port ${String(port)}: ${output.trim()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (isOver()) return;
    const closed = once(child, 'close');
    child.kill(signal);
    const hardStop = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await closed;
    clearTimeout(hardStop);
  };
  return {
    process: child,
    end,
    async stop(signal = 'SIGTERM') {
      await end(signal);
      removeFolder();
    },
  };
}
