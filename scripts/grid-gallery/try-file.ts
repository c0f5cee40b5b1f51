import path from 'node:path';
import { readMatpower, readPandapower, PowerFlow, report, type Imported } from '../../src/grid/index.js';
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
  const { converged, iterations, start, mismatchPu } = flow.solve();
  const { reason, warnings, buses, unsupplied } = report(flow);
  Object.assign(row, { solved: converged, iterations, start, mismatchPu });
  row.notes.push(...warnings, ...(reason === undefined ? [] : [reason]));
  if (unsupplied.length > 0) row.notes.push(`${unsupplied.length} buses without supply`);
  if (!converged) return;
  const carried = new Map(network.buses.map(({ id, vmPu }) => [id, vmPu]));
  const apart = buses.flatMap(({ id, vmPu }) => {
    const other = carried.get(id);
    return other === undefined ? [] : Math.abs(vmPu - other);
  });
  if (apart.length > 0) row.apartPu = apart.reduce((most, value) => Math.max(most, value), 0);
}
