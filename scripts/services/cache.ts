import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/**
 * A folder in the user's cache, filled on first use. It is filled under another name and moved in one step, so that an
 * interrupted attempt is never taken for whole.
 * @param name has to change with what fills it
 * @param fill gets the folder to fill; what it throws is passed on, and nothing is kept
 */
export function cachedFolder(name: string, fill: (folder: string) => void): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache');
  const folder = path.join(cache, 'gridwire', name);
  if (existsSync(folder)) return folder;
  const partial = `${folder}.${String(process.pid)}`;
  mkdirSync(partial, { recursive: true });
  try {
    fill(partial);
    if (!existsSync(folder)) renameSync(partial, folder);
    return folder;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}
