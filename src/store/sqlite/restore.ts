import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import { assertSound, forceToDisk } from './copy.js';
import { writeWhole } from './write-whole.js';

/**
 * Puts a backup in the store's place. The backup is checked first and the present content is kept as
 * `<file>.before-restore`; the caller holds the lock.
 * @param close closes the store's file, which writes its journal back
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
  if (existsSync(file)) renameSync(file, `${file}.before-restore`);
  for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true });
  renameSync(incoming, file);
}
