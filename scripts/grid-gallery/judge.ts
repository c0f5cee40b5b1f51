import type { Differences } from './compare.js';
import { isSolution, type Reference, type Solution } from './reference.js';

/** What came of a file, as far as it is judged. */
export interface Tried {
  read: boolean;
  solved: boolean;
  /** Missing without a solution, or without a reference. */
  apart?: Differences | undefined;
}

/**
 * How close a solution has to come to the reference. Where that cannot balance its own equations as closely, after it
 * has stopped to get better, what it leaves is the rounding of the network: nothing can be told within it at a bus, nor
 * within their sum in the losses.
 */
export function limitsOf({
  withinPu,
  mismatchPu,
  buses,
}: Pick<Solution, 'withinPu' | 'mismatchPu' | 'buses'>): Required<Differences> {
  if (mismatchPu <= withinPu) return { voltagePu: withinPu, flowPu: withinPu, lossPu: withinPu };
  return { voltagePu: mismatchPu, flowPu: mismatchPu, lossPu: buses.length * mismatchPu };
}

/**
 * Why a file fails the gallery, or undefined where it holds. Without a reference, a file that is refused with its reason
 * is an answer; and so is a network without solution, where the reference finds none either.
 */
export function failureOf(
  { read, solved, apart }: Tried,
  reference: Reference | undefined,
): string | undefined {
  if (!read) {
    const mustBeRead = isSolution(reference) && reference.mayBeRefused !== true;
    return mustBeRead ? `not read, but ${reference.by} solves it` : undefined;
  }
  if (!solved) {
    if (reference === undefined) return 'read and not solved';
    return isSolution(reference) ? `not solved, but ${reference.by} does` : undefined;
  }
  if (!isSolution(reference)) return undefined;
  const limits = limitsOf(reference);
  const found = Object.entries(apart ?? { voltagePu: Infinity }) as [keyof Differences, number][];
  const beyond = found.find(([name, value]) => !(value <= limits[name]));
  if (beyond === undefined) return undefined;
  const [name, value] = beyond;
  return `${NAMES[name]} ${value.toExponential(1)} pu from ${reference.by}, more than ${limits[name].toExponential(1)}`;
}

const NAMES = { voltagePu: 'voltages', flowPu: 'flows', lossPu: 'losses' } as const;
