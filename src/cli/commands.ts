import { statSync } from 'node:fs';
import { backUpFile, restoreWithLock, verifyFile } from '../store/sqlite/offline.js';

export const USAGE = `Usage:
  gridwire backup  <store.db> <copy.db>   copy a store, also while Node-RED uses it
  gridwire restore <copy.db> <store.db>   put a copy in a store's place; Node-RED must be stopped
  gridwire verify  <store.db>             check a store or a copy
For a PostgreSQL store use pg_dump and pg_restore.
`;

/**
 * Runs one command.
 * @returns the exit status: 0 done, 1 problems found, 2 not understood
 * @throws GridwireError when it cannot be done; nothing is half done then
 */
export function run(words: readonly string[], write: (text: string) => void): 0 | 1 | 2 {
  const [command, first, second, ...rest] = words;
  if (first === undefined || rest.length > 0) return 2;
  if (command === 'verify' && second === undefined) {
    const problems = verifyFile(first);
    write(problems.length === 0 ? `${first} is sound` : problems.join('\n'));
    return problems.length === 0 ? 0 : 1;
  }
  if (second === undefined) return 2;
  if (command === 'backup') {
    backUpFile(first, second);
    write(`${first} was copied to ${second} (${statSync(second).size} bytes)`);
    return 0;
  }
  if (command === 'restore') {
    restoreWithLock(first, second);
    write(`${second} was restored from ${first}; what was there before is ${second}.before-restore`);
    return 0;
  }
  return 2;
}
