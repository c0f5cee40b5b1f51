import type { Network } from './network.js';

/** A network read from a file, and what its reader has to say. */
export interface Imported {
  network: Network;
  /** How many of each element the file has, by the file's own word for it. */
  counts: Record<string, number>;
  /** What a user should know: columns that are not understood, settings that differ from the file's own program. */
  warnings: string[];
  /** Parts of the file that take no part in the power flow, and were therefore not read. */
  leftOut: string[];
}
