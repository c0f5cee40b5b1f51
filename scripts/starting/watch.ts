import { existsSync, watch } from 'node:fs';
import path from 'node:path';

/** An editor saves several files at once, and each in several steps; wait until it has finished. */
const QUIET_MS = 200;

/** Calls `changed` after every burst of changes below the named files and folders of `root`. */
export function watchSources(root: string, names: readonly string[], changed: () => void): void {
  let timer: NodeJS.Timeout | undefined;
  const notice = () => {
    clearTimeout(timer);
    timer = setTimeout(changed, QUIET_MS);
  };
  for (const name of names) {
    const target = path.join(root, name);
    if (existsSync(target)) watch(target, { recursive: true }, notice);
  }
}
