import path from 'node:path';
import {
  readMatpower,
  readPandapower,
  PowerFlow,
  report,
  type BusResult,
  type Imported,
  type Network,
} from '../../src/grid/index.js';
import { compare, phasorDistance, worse, type Differences } from './compare.js';
import { failureOf, limitsOf } from './judge.js';
import { isSolution, type Reference } from './reference.js';
import type { Row } from './table.js';

/** Reads and solves one file, and compares it with the reference. What goes wrong is part of the row. */
export function tryFile(name: string, text: string, reference?: Reference): Row {
  const start = performance.now();
  const row: Row = { name, read: false, solved: false, milliseconds: 0, notes: [] };
  try {
    const imported = path.extname(name) === '.m' ? readMatpower(text) : readPandapower(text);
    row.read = true;
    row.buses = imported.network.buses.length;
    solve(imported, reference, row);
    row.notes.push(...imported.warnings);
  } catch (error) {
    row.notes.push((error as Error).message);
  }
  const failure = failureOf(row, reference);
  if (failure !== undefined) row.failure = failure;
  row.milliseconds = performance.now() - start;
  return row;
}

function solve({ network }: Imported, reference: Reference | undefined, row: Row): void {
  const flow = new PowerFlow(network);
  const flat = flow.solve('flat');
  if (flat.converged) row.flatIterations = flat.iterations;
  const fromFlat = flat.converged ? differences(network, report(flow), reference) : undefined;
  const { converged, iterations, start, mismatchPu } = flow.solve();
  const found = report(flow);
  Object.assign(row, { solved: converged, iterations, start, mismatchPu });
  if (reference !== undefined) row.notes.push(...aboutReference(reference, converged));
  row.notes.push(...(found.reason === undefined ? [] : [found.reason]), ...found.warnings);
  if (found.unsupplied.length > 0) row.notes.push(`${found.unsupplied.length} buses without supply`);
  if (!converged) return;
  const byDefault = differences(network, found, reference);
  // The voltages of the file solve it at once where they fit: a solution of one's own says more, and is held as well.
  const apart = fromFlat && byDefault && worse(fromFlat, byDefault);
  row.apart = apart ?? byDefault;
}

function aboutReference(reference: Reference, solved: boolean): string[] {
  const { by } = reference;
  if (isSolution(reference)) {
    const { flowPu, lossPu } = limitsOf(reference);
    const rounding = `${by} itself leaves ${reference.mismatchPu.toExponential(1)} pu, by rounding: losses are held to ${lossPu.toExponential(1)}`;
    return flowPu > reference.withinPu ? [rounding] : [];
  }
  const tried = `${by} finds none (tried: ${reference.tried.join(', ')})`;
  return [solved ? tried : `no solution is known, ${tried}; refused`];
}

/** How far a solution is from the reference; without one, from the voltages that the file carries, if it does. */
function differences(
  network: Network,
  found: ReturnType<typeof report>,
  reference: Reference | undefined,
): Differences | undefined {
  if (isSolution(reference)) return compare(found, reference);
  const voltagePu = fromCarried(network, found.buses);
  return voltagePu === undefined ? undefined : { voltagePu };
}

function fromCarried({ buses: given }: Network, buses: readonly BusResult[]): number | undefined {
  const carried = new Map(given.map((bus) => [bus.id, bus]));
  const distances = buses.flatMap(({ id, vmPu, vaDegree }) => {
    const { vmPu: otherVm, vaDegree: otherVa } = carried.get(id) ?? {};
    if (otherVm === undefined || otherVa === undefined) return [];
    return phasorDistance(vmPu, vaDegree, otherVm, otherVa);
  });
  return distances.length === 0 ? undefined : distances.reduce((most, one) => Math.max(most, one), 0);
}
