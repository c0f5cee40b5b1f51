import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { requireBumble } from './bumble.js';

/** A BM2, a BM6 and a BM7 behind a virtual controller; see `virtual_monitors.py`. */
export interface VirtualMonitors {
  /** The pseudo-terminal at which the controller's HCI is offered. */
  readonly port: string;
  /** Ends a device's link as if it had gone out of range. */
  drop(address: string): void;
  /** Takes the controller away. */
  unplug(): void;
  stop(): Promise<void>;
}

export const VIRTUAL = {
  BM2: 'C0:47:57:00:00:02',
  BM6: 'C0:47:57:00:00:06',
  BM7: 'C0:47:57:00:00:07',
} as const;

const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** @param records how many history records each device has stored */
export async function startVirtualMonitors(
  context: Mocha.Context,
  records: number,
): Promise<VirtualMonitors> {
  const python = requireBumble(context);
  const program = path.join(__dirname, 'virtual_monitors.py');
  const child = spawn(python, [program, String(records)], { stdio: ['pipe', 'pipe', 'pipe'] });
  running.add(child);
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-4000)));
  const ended = once(child, 'close').then(() => running.delete(child));
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>,
    ended.then(() => Promise.reject(new Error(`the virtual monitors did not start: ${errors}`))),
  ]);
  const { port } = JSON.parse(line[0]) as { port: string };
  return {
    port,
    drop: (address) => child.stdin.write(`drop ${address}\n`),
    unplug: () => child.stdin.write('unplug\n'),
    stop: async () => {
      child.stdin.end();
      child.kill();
      await ended;
    },
  };
}
