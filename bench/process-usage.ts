import { readFileSync } from 'node:fs';

/** Clock ticks a second, by which Linux counts the time of a process. */
const TICKS = 100;

/** Processor time that a process has taken, milliseconds; other work on the machine does not bend it. Linux only. */
export function processorMs(pid: number): number {
  const statistics = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name of the program, in parentheses, may hold blanks; the times are the twelfth and thirteenth after it.
  const [user = 0, system = 0] = statistics
    .slice(statistics.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return (1000 * (user + system)) / TICKS;
}

/** Resident memory of a process, MiB. */
export function residentMiB(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}
