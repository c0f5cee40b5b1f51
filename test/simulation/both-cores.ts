import { fork } from 'node:child_process';
import path from 'node:path';

/**
 * Runs schedules in two processes.
 * @returns what the first of them said that broke a promise; undefined if all held
 */
export async function onBothCores(from: number, schedules: number): Promise<string | undefined> {
  const half = Math.ceil(schedules / 2);
  const said = await Promise.all([part(from, half), part(from + half, schedules - half)]);
  return said.find((text) => text !== undefined);
}

function part(from: number, schedules: number): Promise<string | undefined> {
  const options = { execArgv: ['--require=tsx/cjs'], silent: true };
  const child = fork(
    path.join(__dirname, 'main.ts'),
    [`--from=${from}`, `--schedules=${schedules}`],
    options,
  );
  let said = '';
  const hear = (chunk: Buffer): void => void (said += chunk.toString());
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code === 0 ? undefined : said));
  });
}
