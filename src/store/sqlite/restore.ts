import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import { assertSound, forceToDisk } from './copy.js';
import { writeWhole } from './write-whole.js';

/**
 * Puts a backup in the store's place. The backup is checked first and the present content is kept as
 * `<file>.before-restore`; the caller holds the lock.
 * @param close closes the store's file, if it is open
 * @throws GridwireError `STORE_DAMAGED` when the backup is not sound; nothing is changed then
 */
export function restoreFile(backup: string, file: string, close: () => void): void {
  assertSound(backup);
  const incoming = `${file}.restoring`;
  writeWhole(incoming, (partial) => {
    copyFileSync(backup, partial);
    forceToDisk(partial);
  });
  close();
  for (const suffix of ['', '-wal', '-shm']) {
    // The journal of a store that was killed belongs to its content and goes with it.
    rmSync(`${file}.before-restore${suffix}`, { force: true });
    if (existsSync(file + suffix)) renameSync(file + suffix, `${file}.before-restore${suffix}`);
  }
  renameSync(incoming, file);
}
