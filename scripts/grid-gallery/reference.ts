import { existsSync, readFileSync } from 'node:fs';

/** A solution found by another program; powers in per unit of `baseMva`. */
export interface Solution {
  by: string;
  /** What the voltages leave unbalanced in that program's own equations, after it can do no better. */
  mismatchPu: number;
  /** How close a solution has to come. */
  withinPu: number;
  /** True where a refusal that names the element is an answer too. */
  mayBeRefused?: boolean;
  baseMva: number;
  /** Id, magnitude (pu), angle (degrees) of every bus that has a voltage. */
  buses: [id: string, vmPu: number, vaDegree: number][];
  /** Kind and id of a branch, and what enters it at both ends: P, Q, P, Q. */
  branches: [kind: string, id: string, ...flows: [number, number, number, number]][];
  /** P and Q that all branches lose; missing where the program does not say. */
  losses?: [pPu: number, qPu: number];
}

/** A network for which another program found nothing, and how it tried. */
export interface NoSolution {
  by: string;
  tried: string[];
}

export type Reference = Solution | NoSolution;

export function isSolution(reference: Reference | undefined): reference is Solution {
  return reference !== undefined && 'buses' in reference;
}

/** What another program says of a file; it stands beside the file under its name and `.reference`. */
export function referenceOf(file: string): Reference | undefined {
  const beside = `${file}.reference`;
  return existsSync(beside) ? (JSON.parse(readFileSync(beside, 'utf8')) as Reference) : undefined;
}
