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
import type { Row } from './table.js';

/** Reads and solves one file. What goes wrong is part of the row. */
export function tryFile(name: string, text: string): Row {
  const start = performance.now();
  const row: Row = { name, read: false, solved: false, milliseconds: 0, notes: [] };
  try {
    const imported = path.extname(name) === '.m' ? readMatpower(text) : readPandapower(text);
    row.read = true;
    row.buses = imported.network.buses.length;
    row.notes.push(...imported.warnings);
    solve(imported, row);
  } catch (error) {
    row.notes.push((error as Error).message);
  }
  row.milliseconds = performance.now() - start;
  return row;
}

function solve({ network }: Imported, row: Row): void {
  const flow = new PowerFlow(network);
  const flat = flow.solve('flat');
  if (flat.converged) row.flatIterations = flat.iterations;
  const apartFromFlat = flat.converged ? largestDifference(network, report(flow).buses) : undefined;
  const { converged, iterations, start, mismatchPu } = flow.solve();
  const { reason, warnings, buses, unsupplied } = report(flow);
  Object.assign(row, { solved: converged, iterations, start, mismatchPu });
  row.notes.push(...warnings, ...(reason === undefined ? [] : [reason]));
  if (unsupplied.length > 0) row.notes.push(`${unsupplied.length} buses without supply`);
  if (!converged) return;
  // The voltages of the file solve it at once where they fit: a solution of one's own says more.
  const apart = apartFromFlat ?? largestDifference(network, buses);
  if (apart !== undefined) row.apartPu = apart;
}

/** The largest difference of a voltage to the one that the file carries, as phasors; undefined where it carries none. */
function largestDifference({ buses: given }: Network, buses: readonly BusResult[]): number | undefined {
  const carried = new Map(given.map((bus) => [bus.id, bus]));
  let largest: number | undefined;
  for (const { id, vmPu, vaDegree } of buses) {
    const { vmPu: otherVm, vaDegree: otherVa } = carried.get(id) ?? {};
    if (otherVm === undefined || otherVa === undefined) continue;
    const half = ((vaDegree - otherVa) * Math.PI) / 360;
    // Twice the sine of half the angle: small differences keep their digits.
    const apart = Math.hypot(vmPu - otherVm, 2 * Math.sqrt(vmPu * otherVm) * Math.sin(half));
    largest = Math.max(largest ?? 0, apart);
  }
  return largest;
}
