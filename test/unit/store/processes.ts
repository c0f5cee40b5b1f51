import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { StoreSettings } from '../../../src/store/connection/open-store.js';

export interface Writer {
  child: ChildProcess;
  /** Resolves when the store is open in the other process. */
  opened: Promise<void>;
  /** Resolves when that many rows were reported committed. */
  committed: (count: number) => Promise<void>;
  /** Ends the process the hard way. @returns the rows it had reported committed */
  kill: () => Promise<number[]>;
}

/** Starts a process of its own that writes to the store. */
export function startWriter(settings: StoreSettings, environment: NodeJS.ProcessEnv = {}): Writer {
  const script = path.join(__dirname, 'writer-process.ts');
  const child = spawn(process.execPath, ['--require', 'tsx/cjs', script, JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  });
  const numbers: number[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  let opened: () => void;
  const open = new Promise<void>((resolve) => (opened = resolve));
  let rest = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === 'open') opened();
      else numbers.push(Number(line));
    }
    for (const waiter of waiting) if (numbers.length >= waiter.count) waiter.resolve();
  });
  return {
    child,
    opened: open,
    committed: (count) => new Promise((resolve) => waiting.push({ count, resolve })),
    kill: async () => {
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      await closed;
      return numbers;
    },
  };
}
