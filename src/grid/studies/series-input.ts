import { GridwireError } from '../../errors.js';
import { followsVoltage } from '../network/injections.js';
import type { Network } from '../network/network.js';

/** Longest series: a year in steps of five minutes. */
export const MAXIMUM_SERIES_STEPS = 105_120;

const TABLES = ['loads', 'generators', 'staticGenerators', 'storages'] as const;

/** What one element does step by step. Signs are those of its table. */
export interface Profile {
  table: (typeof TABLES)[number];
  id: string;
  /** Power per step, MW and Mvar; what is missing stays as the network has it. */
  pMw?: readonly number[];
  qMvar?: readonly number[];
}

export interface SeriesInput {
  steps: number;
  profiles?: readonly Profile[];
  /** Factor per step on all loads, besides their profiles. */
  loadFactor?: readonly number[];
}

/** @throws GridwireError GRID_SETTING_INVALID naming the profile that does not fit */
export function checkSeries(network: Network, { steps, profiles = [], loadFactor }: SeriesInput): void {
  if (!(Number.isInteger(steps) && steps > 0 && steps <= MAXIMUM_SERIES_STEPS)) {
    throw invalid(`steps must be a whole number from 1 to ${MAXIMUM_SERIES_STEPS}`);
  }
  checkValues('loadFactor', loadFactor, steps);
  const seen = new Set<string>();
  for (const profile of profiles as readonly (Profile | null)[]) {
    if (typeof profile !== 'object' || profile === null) throw invalid('every profile must be an object');
    const { table, id, pMw, qMvar } = profile;
    if (!TABLES.includes(table))
      throw invalid(`profile of "${id}": table must be one of ${TABLES.join(', ')}`);
    const word = `profile of ${table} "${id}"`;
    if ((network[table] ?? []).every((element) => element.id !== id))
      throw invalid(`${word}: the network has no such element`);
    if (seen.has(word)) throw invalid(`${word} occurs twice`);
    seen.add(word);
    const load = table === 'loads' ? network.loads?.find((one) => one.id === id) : undefined;
    if (load !== undefined && followsVoltage(load)) {
      throw invalid(`${word}: the load follows the voltage; only loadFactor can change it`);
    }
    checkValues(`${word}: pMw`, pMw, steps);
    checkValues(`${word}: qMvar`, qMvar, steps);
  }
}

function checkValues(word: string, values: readonly number[] | undefined, steps: number): void {
  if (values === undefined) return;
  if (!Array.isArray(values) || values.length !== steps) throw invalid(`${word} must hold ${steps} numbers`);
  const at = values.findIndex((value) => typeof value !== 'number' || !Number.isFinite(value));
  if (at >= 0) throw invalid(`${word}: step ${at} must be a finite number, found ${String(values[at])}`);
}

function invalid(problem: string): GridwireError {
  return new GridwireError('GRID_SETTING_INVALID', `The series is not usable: ${problem}.`, {
    details: { problem },
  });
}
