import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';

/** Names given in this process and not given up. */
const alive = new Set<string>();

/** A name for one user of a database in this process, by which others on the same machine can tell whether it lives. */
export function nameProcess(): string {
  const name = `${machine() ?? '-'}|${process.pid}|${startOf(process.pid) ?? '-'}|${randomBytes(6).toString('hex')}`;
  alive.add(name);
  return name;
}

export function giveUpName(name: string): void {
  alive.delete(name);
}

/** Whether the process of that name is certainly dead; false where that cannot be known from here. */
export function isDead(name: string): boolean {
  const [where, pid, start] = name.split('|');
  if (where === undefined || where === '-' || where !== machine()) return false;
  const startNow = startOf(Number(pid));
  if (startNow === undefined || startNow !== start) return true;
  return Number(pid) === process.pid && !alive.has(name);
}

/** This run of the machine, and the part of it whose process numbers mean the same. */
function machine(): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return undefined;
  }
}

/** When a process was started, as Linux counts it; undefined if there is none of that number. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
