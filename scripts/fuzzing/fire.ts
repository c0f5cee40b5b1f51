import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Limits, Report } from './run.js';

/** The process ended before it could report. */
export interface Ended {
  how: string;
  /** The case at hand; empty before the first. */
  at: string;
}

/** Fires at a target in a process of its own, which may end. */
export async function fire(target: string, limits: Limits): Promise<Report | Ended> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gridwire-fuzz-'));
  const place = path.join(folder, 'case');
  const child = fork(path.join(__dirname, 'child.ts'), [target, JSON.stringify(limits), place], {
    execArgv: ['--expose-gc', '--require', 'tsx/cjs'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const how = await new Promise<Report | string>((resolve) => {
    child.once('message', (message) => resolve(message as Report));
    child.once('exit', (code, signal) => resolve(String(signal ?? code)));
  });
  const at = readFileSync(place, 'utf8').trim();
  rmSync(folder, { recursive: true, force: true });
  return typeof how === 'string' ? { how, at } : how;
}
