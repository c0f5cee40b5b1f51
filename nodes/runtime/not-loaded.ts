import { GridwireError } from '../../src/errors.js';

/** What could not be loaded when it was needed, told as fully as Node tells it: where, and for whom. */
export function notLoaded(thrown: unknown): GridwireError {
  const told = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return new GridwireError(
    'INTERNAL',
    `A part of Gridwire cannot be loaded; install the package again, and if that does not help, report this. ${told}`,
    { cause: thrown },
  );
}
