import { fork } from 'node:child_process';
import path from 'node:path';

interface Answer {
  result?: unknown;
  failure?: string;
}

/** A program that hangs is ended, so that its test fails instead of never ending, milliseconds. */
const LIMIT = 55_000;

/**
 * Runs the default export of a test's program in a process of its own and returns what it resolves to (JSON).
 * A real Node-RED lives once per process, and the other flow tests need this one for the test helper.
 */
export function runInNodeRed<T>(program: string, argument?: unknown): Promise<T> {
  const child = fork(path.join(__dirname, 'run-in-node-red.child.ts'), [program], {
    execArgv: ['--require', 'tsx/cjs'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT);
  return new Promise<T>((resolve, reject) => {
    let answered = false;
    child.once('message', (message) => {
      answered = true;
      const { result, failure } = message as Answer;
      if (failure === undefined) resolve(result as T);
      else reject(new Error(failure));
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearTimeout(limit);
      if (!answered) reject(new Error(`${program} ended with ${String(signal ?? code)} before it answered`));
    });
    child.send({ argument });
  });
}
