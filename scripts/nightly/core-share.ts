import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = '/sys/fs/cgroup';
/** Short, so that a process which has used its share waits for milliseconds. */
const PERIOD = 20_000;

/**
 * Gives a process no more than a share of one core, by a control group of the Linux kernel (version 1 or 2; needs root).
 * @param percent of one core
 * @returns takes the group away, after the process has ended
 * @throws Error where control groups cannot be made
 */
export function limitToShare(pid: number, percent: number): () => void {
  const quota = Math.round((PERIOD * percent) / 100);
  const isSecond = existsSync(path.join(ROOT, 'cgroup.controllers'));
  const group = path.join(ROOT, isSecond ? '' : 'cpu', `gridwire-${pid}`);
  mkdirSync(group);
  const set = (name: string, value: string): void => writeFileSync(path.join(group, name), value);
  if (isSecond) set('cpu.max', `${quota} ${PERIOD}`);
  else {
    set('cpu.cfs_period_us', String(PERIOD));
    set('cpu.cfs_quota_us', String(quota));
  }
  set('cgroup.procs', String(pid));
  return () => rmdirSync(group);
}
