import { renameSync, rmSync } from 'node:fs';
import { makePrivate } from './private-file.js';

/**
 * Writes a file under a passing name and gives it its own only when it is whole, so that a file with the right name is
 * never half a file.
 */
export function writeWhole(file: string, write: (partial: string) => void): void {
  const partial = `${file}.partial`;
  rmSync(partial, { force: true });
  try {
    makePrivate(partial);
    write(partial);
    // Copying a file gives the copy the rights of its source.
    makePrivate(partial);
    renameSync(partial, file);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}
