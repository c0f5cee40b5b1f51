import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import path from 'node:path';
import { toGridwireError } from '../../errors.js';
import { step, type TrialStep } from '../../trial.js';
import { sqliteError } from './errors.js';
import { StoreLock } from './lock.js';

const MIB = 1_048_576;
/** Less free space than this is soon used up, MiB. */
const LITTLE = 256;

/**
 * Whether a file can be a store: its folder, its rights, the space, and whether another process has it. Nothing is made,
 * except for a lock beside a store that is there.
 */
export function trySqlite(file: string): TrialStep[] {
  const folder = nearestFolder(path.dirname(file));
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    return [step('folder', 'bad', { folder, reason: sqliteError(error, file, 'STORE_UNAVAILABLE').message })];
  }
  const { bavail, bsize } = statfsSync(folder);
  const free = Math.floor((bavail * bsize) / MIB);
  const steps = [
    step('folder', 'good', { folder }),
    step('space', free < LITTLE ? 'risk' : 'good', { free }),
  ];
  if (!existsSync(file)) return [...steps, step('file', 'good', { file, isNew: 1 })];
  try {
    accessSync(file, constants.R_OK | constants.W_OK);
    steps.push(step('file', 'good', { file, size: Math.ceil(statSync(file).size / MIB) }));
    StoreLock.acquire(file, 0).release();
    steps.push(step('lock', 'good'));
  } catch (error) {
    const reason = toGridwireError(sqliteError(error, file, 'STORE_UNAVAILABLE')).message;
    steps.push(step(steps.length === 2 ? 'file' : 'lock', 'bad', { file, reason }));
  }
  return steps;
}

/** The folder itself, or the nearest one above it that is there. */
function nearestFolder(folder: string): string {
  for (let at = folder; ; at = path.dirname(at)) if (existsSync(at) || at === path.dirname(at)) return at;
}
