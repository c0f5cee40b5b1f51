import type { Visit } from './tracked-message.js';

/** A busy process may be late with everything: what was due must have had its turn before time counts as up. */
const TURNS = 3;

/** Ends a visit that is still open after a time in which the node gave no sign, unless that runs already. */
export function startGrace(visit: Visit, delay: number, end: () => void): void {
  if (!visit.open || visit.grace) return;
  visit.grace = setTimeout(() => {
    afterTurns(TURNS, () => {
      if (visit.open) end();
    });
  }, delay);
  visit.grace.unref();
}

/** Runs an action after so many turns of the event loop. */
export function afterTurns(turns: number, action: () => void): void {
  if (turns <= 0) action();
  else setImmediate(() => afterTurns(turns - 1, action));
}
