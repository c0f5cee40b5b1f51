import { spawn } from 'node:child_process';
import path from 'node:path';
import type { Run } from './suites.js';

/** What one run of mocha came to. */
export interface Counts {
  passed: number;
  failed: number;
  /** Full titles of the tests that skipped themselves. */
  skipped: string[];
  /** What failed: the full title, and on the next lines the reason. */
  failures?: string[];
  /** What each file took. */
  seconds?: Record<string, number>;
  /** What went wrong around the tests, if anything did. */
  problem?: string;
}

/** How long the process may live on after its last test; longer means that something was left open. */
const GRACE_MS = 15_000;

/** What becomes of its output and its errors. */
const SHOWN = ['inherit', 'inherit'] as const;
const KEPT = ['pipe', 'pipe'] as const;

/**
 * Runs the suite's tests in a process of their own and returns the counts; it does not reject.
 * @param print gets what it prints, whole, when it has ended; without it, it is shown as it comes
 */
export function runMocha(
  root: string,
  run: Run,
  env: Record<string, string>,
  print?: (output: Buffer) => void,
): Promise<Counts> {
  const { suite } = run;
  const args = [
    path.join(root, 'node_modules/mocha/bin/mocha.js'),
    '--require=tsx/cjs',
    '--forbid-only',
    `--timeout=${String(suite.testTimeoutMs)}`,
    `--reporter=${path.join(root, 'scripts/testing/counting-reporter.cjs')}`,
    ...run.ignore.map((glob) => `--ignore=${glob}`),
    `${suite.folder}/**/*.test.ts`,
  ];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env, ...(run.nodeRed === undefined ? {} : { GRIDWIRE_NODE_RED: run.nodeRed }) },
    stdio: ['ignore', ...(print === undefined ? SHOWN : KEPT), 'ipc'],
  });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => output.push(chunk));

  return new Promise((resolve) => {
    let counts: Counts | undefined;
    let problem: string | undefined;
    const stopAfter = (milliseconds: number, reason: string) =>
      setTimeout(() => {
        problem = reason;
        child.kill('SIGKILL');
      }, milliseconds);
    const limit = stopAfter(
      suite.suiteTimeoutMs,
      `not finished after ${String(suite.suiteTimeoutMs / 60_000)} min`,
    );
    let grace: NodeJS.Timeout | undefined;
    child.once('message', (message) => {
      counts = message as Counts;
      grace = stopAfter(GRACE_MS, 'the tests ended but left something open that kept the process alive');
    });
    child.once('error', (error) => (problem = error.message));
    child.once('close', (code, signal) => {
      clearTimeout(limit);
      clearTimeout(grace);
      print?.(Buffer.concat(output));
      const result = counts ?? { passed: 0, failed: 0, skipped: [] };
      if (counts === undefined) problem ??= `mocha ended with ${String(signal ?? code)} before its tests did`;
      else if (code !== 0 && result.failed === 0) problem ??= `mocha ended with ${String(signal ?? code)}`;
      resolve(problem === undefined ? result : { ...result, problem });
    });
  });
}
