import type { Bus, Line, Load } from '../network/network.js';

/** Helpers that keep the built-in networks readable as the tables they were published as. */

/** r and x in ohm/km, c in nF/km, thermal limit in kA. */
export type Conductor = readonly [r: number, x: number, c: number, maxKa: number];

/** Lines from rows of from, to, length in km, conductor. */
export function lines(
  conductors: Readonly<Record<string, Conductor>>,
  rows: readonly (readonly [from: string, to: string, lengthKm: number, conductor: string])[],
): Line[] {
  return rows.map(([from, to, lengthKm, conductor]) => {
    const [rOhmPerKm = NaN, xOhmPerKm = NaN, cNfPerKm = 0, maxKa = NaN] = conductors[conductor] ?? [];
    return { id: `${from}-${to}`, from, to, lengthKm, rOhmPerKm, xOhmPerKm, cNfPerKm, maxKa };
  });
}

/** Loads from rows of bus, MW, Mvar; a second load at a bus gets a number. */
export function loads(rows: readonly (readonly [bus: string, pMw: number, qMvar: number])[]): Load[] {
  const count = new Map<string, number>();
  return rows.map(([bus, pMw, qMvar]) => {
    const number = (count.get(bus) ?? 0) + 1;
    count.set(bus, number);
    return { id: number === 1 ? `load ${bus}` : `load ${bus} (${number})`, bus, pMw, qMvar };
  });
}

export function buses(nominalKv: number, ids: readonly string[]): Bus[] {
  return ids.map((id) => ({ id, nominalKv }));
}

const KM_PER_MILE = 1.609344;

/**
 * Balanced equivalent of an IEEE test-feeder line from its published phase matrices (ohm and microsiemens per mile):
 * mean of the diagonal less mean of the mutual values, phases that a line does not have counting as zero.
 *
 * The original (hepengli/powergrid) enters the susceptance in microsiemens as capacitance in nanofarad. That is kept,
 * because its published results contain it; charging is negligible on these feeders either way.
 */
export function balanced(
  diagonal: { r: readonly number[]; x: readonly number[]; b: readonly number[] },
  mutual: { r: readonly number[]; x: readonly number[]; b: readonly number[] },
  maxKa: number,
): Conductor {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / 3;
  const perKm = (key: 'r' | 'x' | 'b'): number => (mean(diagonal[key]) - mean(mutual[key])) / KM_PER_MILE;
  return [perKm('r'), perKm('x'), perKm('b'), maxKa];
}
