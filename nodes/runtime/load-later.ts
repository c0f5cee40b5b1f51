import { GridwireError } from '../../src/errors.js';
import { readVersion } from './version.js';

/** Of the files that Node has loaded. */
const loadedVersion = readVersion();

/**
 * Loads a part of this package when it is first asked for, and keeps it. What could not be loaded is tried again when it
 * is asked for again. Npm replaces the files of a running Node-RED when somebody updates the package in the palette: what
 * is loaded after that would meet parts of another version, so it is not.
 * @returns gives the part, or throws a GridwireError `INTERNAL` that says why not
 */
export function loadLater<Part>(load: () => Part): () => Part {
  let loaded: { part: Part } | undefined;
  return () => {
    if (loaded !== undefined) return loaded.part;
    assertSameVersion();
    try {
      loaded = { part: load() };
    } catch (thrown) {
      throw notLoaded(thrown);
    }
    return loaded.part;
  };
}

function assertSameVersion(): void {
  const found = readVersion();
  if (found === loadedVersion) return;
  const now = found === '' ? 'has been removed' : `is ${found} now`;
  throw new GridwireError(
    'INTERNAL',
    `Restart Node-RED: it runs Gridwire ${loadedVersion}, which ${now}, and a part that is needed was not loaded before.`,
  );
}

/** As fully as Node tells it: where, and for whom. */
function notLoaded(thrown: unknown): GridwireError {
  if (thrown instanceof GridwireError) return thrown;
  const told = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return new GridwireError(
    'INTERNAL',
    `A part of Gridwire cannot be loaded; install the package again, and if that does not help, report this. ${told}`,
    { cause: thrown },
  );
}
