import { GridwireError } from '../../errors.js';

/** How a long study reports and is stopped. */
export interface StudyOptions {
  /** Called now and then with what is done and what there is to do. */
  onProgress?: (done: number, total: number) => void;
  /** Ends the study at its next pause. */
  signal?: AbortSignal;
}

/** How long a study works before it lets others have their turn. */
const TURN_MS = 20;

/**
 * Does a piece of work for every number from 0, with a pause now and then in which the process serves others.
 *
 * @throws GridwireError GRID_STUDY_CANCELLED when the signal asks for it
 */
export async function inTurns(
  total: number,
  work: (at: number) => void,
  options: StudyOptions,
): Promise<void> {
  let until = performance.now() + TURN_MS;
  for (let at = 0; at < total; at++) {
    if (options.signal?.aborted === true) throw cancelled(at, total);
    work(at);
    if (performance.now() < until) continue;
    options.onProgress?.(at + 1, total);
    await new Promise((resolve) => setImmediate(resolve));
    until = performance.now() + TURN_MS;
  }
  options.onProgress?.(total, total);
}

function cancelled(done: number, total: number): GridwireError {
  return new GridwireError('GRID_STUDY_CANCELLED', `The study was cancelled after ${done} of ${total}.`, {
    details: { done, total },
  });
}
