import { chmodSync, closeSync, openSync, statSync } from 'node:fs';

/** Its owner's alone: a store holds what devices and people do. */
const PRIVATE = 0o600;
const OTHERS = 0o007;
export const PRIVATE_FOLDER = 0o700;

/**
 * Makes a file that only its owner reads, or takes the rights of everybody away from one that is there; a group that
 * somebody let in stays in. SQLite gives its journal the rights of the file.
 */
export function makePrivate(file: string): void {
  closeSync(openSync(file, 'a', PRIVATE));
  if ((statSync(file).mode & OTHERS) === 0) return;
  try {
    chmodSync(file, PRIVATE);
  } catch (error) {
    // A file system without rights, or somebody else's file: the store works all the same.
    if (!UNCHANGEABLE.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

const UNCHANGEABLE = new Set(['EPERM', 'ENOTSUP', 'ENOSYS', 'EROFS']);
