import { GridwireError } from '../../errors.js';
import { layOut, type Diagram } from '../diagram.js';
import type { Imported } from '../network/imported.js';
import { readMatpower } from '../network/matpower/import.js';
import { readPandapower } from '../network/pandapower/import.js';
import type { Start } from '../power-flow/outcome.js';
import { PowerFlow } from '../power-flow/power-flow.js';
import { report } from '../power-flow/report.js';

/** Larger networks take too long for somebody who waits in front of a panel; they are solved in a program. */
export const MAXIMUM_BUSES = 15_000;

/** Larger diagrams would be a blot. */
const MAXIMUM_DRAWN = 1500;

/** So many warnings are handed on. */
const MAXIMUM_WARNINGS = 1000;

/** What a network file holds, and its solution. */
export interface NetworkAnswer {
  format: 'matpower' | 'pandapower';
  name: string;
  /** Rows by table of the file. */
  counts: Record<string, number>;
  leftOut: string[];
  warnings: string[];
  converged: boolean;
  reason?: string;
  iterations: number;
  /** Missing where nothing could be worked out. */
  mismatchPu?: number;
  start?: string;
  unsupplied: string[];
  lossesMw: number;
  sourceMw: number;
  lowPu?: number;
  highPu?: number;
  worst?: { id: string; percent: number };
  /** Missing where the network is too large to be drawn. */
  diagram?: Diagram;
  voltages?: (number | null)[];
  loading?: (number | null)[];
}

/**
 * Reads a file in the format that it seems to have, and solves it.
 *
 * @throws GridwireError NETWORK_INVALID, or GRID_SETTING_INVALID for a network that is too large to be solved here
 */
export function readAndSolve(text: string, start: Start): NetworkAnswer {
  const format = /^\s*[[{]/.test(text) ? 'pandapower' : 'matpower';
  const { network, counts, warnings, leftOut }: Imported =
    format === 'pandapower' ? readPandapower(text) : readMatpower(text);
  if (network.buses.length > MAXIMUM_BUSES) {
    throw new GridwireError(
      'GRID_SETTING_INVALID',
      `The network has ${network.buses.length} buses; the panel solves up to ${MAXIMUM_BUSES}. Use the library in a program of its own.`,
    );
  }
  const flow = new PowerFlow(network);
  flow.solve(start);
  const found = report(flow);
  const voltages = found.buses.map(({ vmPu }) => vmPu);
  const loadings = found.branches.flatMap(({ id, loadingPercent: percent }) =>
    percent === undefined ? [] : [{ id, percent }],
  );
  const byId = new Map(found.buses.map(({ id, vmPu }) => [id, vmPu]));
  return {
    ...{ format, name: network.name, counts, leftOut, warnings: first([...warnings, ...found.warnings]) },
    ...{ converged: found.converged, iterations: found.iterations },
    ...(Number.isFinite(found.mismatchPu) && { mismatchPu: found.mismatchPu }),
    ...(found.reason !== undefined && { reason: found.reason }),
    ...(found.start !== undefined && { start: found.start }),
    unsupplied: found.unsupplied,
    lossesMw: found.losses.pMw,
    sourceMw: found.sources.reduce((sum, { pMw }) => sum + pMw, 0),
    ...(voltages.length > 0 && {
      lowPu: voltages.reduce((low, vm) => Math.min(low, vm), Infinity),
      highPu: voltages.reduce((high, vm) => Math.max(high, vm), -Infinity),
    }),
    ...(loadings.length > 0 && {
      worst: loadings.reduce((most, one) => (one.percent > most.percent ? one : most)),
    }),
    ...(network.buses.length <= MAXIMUM_DRAWN && {
      diagram: layOut(network),
      voltages: network.buses.map(({ id }) => byId.get(id) ?? null),
      loading: found.branches.map(({ loadingPercent }) => loadingPercent ?? null),
    }),
  };
}

function first(texts: readonly string[]): string[] {
  const rest = texts.length - MAXIMUM_WARNINGS;
  return rest > 0 ? [...texts.slice(0, MAXIMUM_WARNINGS), `and ${rest} more`] : [...texts];
}
