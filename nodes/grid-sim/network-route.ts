import type { NodeAPI } from 'node-red';
import { GridwireError, toGridwireError } from '../../src/errors.js';
import { layOut } from '../../src/grid/diagram.js';
import {
  PowerFlow,
  readMatpower,
  readPandapower,
  report,
  type Imported,
  type Start,
} from '../../src/grid/index.js';
import { messageError } from '../runtime/messages.js';
import { type EditorRequest, assertFromEditor } from '../runtime/editor-request.js';
import type { NetworkAnswer } from './network-answer.js';

/** Larger networks would keep the runtime from its flows for too long; they are solved in a program. */
export const MAXIMUM_BUSES = 15_000;

/** Larger diagrams would be a blot. */
const MAXIMUM_DRAWN = 1500;

const STARTS: readonly Start[] = ['auto', 'case', 'flat', 'dc'];

/**
 * `POST /gridwire/grid-network { text, start }`: what a MATPOWER case or a pandapower network in the panel holds, what
 * was left out of it, and its solution. Nothing is kept.
 */
export function registerNetworkRoute(RED: NodeAPI): void {
  RED.httpAdmin.post(
    '/gridwire/grid-network',
    RED.auth.needsPermission('gridwire-grid.write'),
    (request, response) => {
      try {
        assertFromEditor(request as EditorRequest);
        const { text, start } = (request.body ?? {}) as { text?: unknown; start?: unknown };
        response.json(
          readAndSolve(typeof text === 'string' ? text : '', STARTS.find((one) => one === start) ?? 'auto'),
        );
      } catch (thrown) {
        response.json({ error: messageError(toGridwireError(thrown)) });
      }
    },
  );
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
    ...{ format, name: network.name, counts, leftOut, warnings: [...warnings, ...found.warnings] },
    ...{ converged: found.converged, iterations: found.iterations, mismatchPu: found.mismatchPu },
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
