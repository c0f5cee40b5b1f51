import type { Imported } from '../imported.js';
import type { Bus, Network } from '../network.js';
import { findTopology } from '../topology.js';
import { readImpedance, readLine, readSwitches } from './branches.js';
import {
  readGenerators,
  readLoads,
  readShunts,
  readSources,
  readStaticGenerators,
  readStorages,
  readXwards,
} from './injections.js';
import { readSettings, type PandapowerOptions } from './options.js';
import { checkTables } from './policy.js';
import { flag, head, inService, number } from './row.js';
import { readTables, type Row, type Tables } from './tables.js';
import { readTrafo3w } from './trafo3w.js';
import { readTransformer } from './transformer.js';

/**
 * Imports a network from pandapower's JSON. Element numbers become ids, names are kept.
 *
 * @throws GridwireError NETWORK_INVALID naming table, row and column of what is missing or has no counterpart
 */
export function importPandapower(text: string, options: PandapowerOptions = {}): Network {
  return readPandapower(text, options).network;
}

/** The same, with what the reader has to say about the file. */
export function readPandapower(text: string, options: PandapowerOptions = {}): Imported {
  const tables = readTables(text);
  const { warnings, leftOut } = checkTables(tables);
  const settings = readSettings(tables, options);
  const windings = tables.rows('trafo3w').map((row) => readTrafo3w(row, tables, settings));
  const xwards = readXwards(tables);
  const switches = readSwitches(tables, settings);
  const network: Network = {
    ...{ name: tables.name, reference: 'imported from pandapower JSON' },
    ...{ baseMva: tables.baseMva, frequencyHz: tables.frequencyHz },
    buses: [...readBuses(tables), ...windings.map(({ star }) => star), ...xwards.buses],
    lines: tables.rows('line').map(readLine),
    transformers: [
      ...tables.rows('trafo').map((row) => readTransformer(row, tables, settings)),
      ...windings.flatMap((one) => one.windings),
    ],
    branches: [
      ...tables.rows('impedance').map((row) => readImpedance(row, tables.baseMva)),
      ...xwards.branches,
      ...switches.impedances,
    ],
    ...{
      loads: readLoads(tables, settings),
      shunts: readShunts(tables),
      sources: readSources(tables, settings),
    },
    ...{ generators: readGenerators(tables), staticGenerators: readStaticGenerators(tables) },
    ...{ storages: readStorages(tables), switches: switches.switches },
  };
  const all = [
    ...[...warnings, ...settings.warnings, ...switches.warnings],
    ...loadWarnings(tables, network),
    ...versionWarnings(tables),
  ];
  return { network, counts: countRows(tables, leftOut), warnings: all, leftOut };
}

function countRows(tables: Tables, leftOut: readonly string[]): Record<string, number> {
  const counted = tables.names().filter((name) => !/^(_|res_)/.test(name) && !leftOut.includes(name));
  return Object.fromEntries(
    counted.map((name) => [name, tables.rows(name).length] as const).filter(([, count]) => count > 0),
  );
}

function readBuses(tables: Tables): Bus[] {
  const results = new Map(tables.rows('res_bus').map((row) => [row.index, row]));
  const places = new Map(tables.rows('bus_geodata').map((row) => [row.index, row]));
  return tables.rows('bus').map((row) => {
    const [minPu, maxPu] = [number(row, 'min_vm_pu', 0), number(row, 'max_vm_pu', 0)];
    const limits = maxPu > minPu && minPu > 0 && Number.isFinite(maxPu) ? { minPu, maxPu } : {};
    const solved = solvedVoltage(results.get(row.index));
    return {
      ...head(row),
      nominalKv: number(row, 'vn_kv'),
      ...limits,
      ...solved,
      ...position(row, places.get(row.index)),
    };
  });
}

function solvedVoltage(result: Row | undefined): { vmPu?: number; vaDegree?: number } {
  if (result === undefined) return {};
  const [vmPu, vaDegree] = [number(result, 'vm_pu', NaN), number(result, 'va_degree', NaN)];
  return vmPu > 0 && Number.isFinite(vmPu) && Number.isFinite(vaDegree) ? { vmPu, vaDegree } : {};
}

/** `geo` is a GeoJSON point as text; before pandapower 3, a table of its own had x and y. */
function position(row: Row, place: Row | undefined): { x?: number; y?: number } {
  if (typeof row.geo === 'string') {
    const [, x, y] =
      /"coordinates":\s{0,9}\[\s{0,9}(-?[\d.eE+-]{1,30})\s{0,9},\s{0,9}(-?[\d.eE+-]{1,30})/.exec(row.geo) ??
      [];
    const [east, north] = [Number(x), -Number(y)];
    return Number.isFinite(east) && Number.isFinite(north) ? { x: east, y: north } : {};
  }
  const [x, y] = place === undefined ? [NaN, NaN] : [number(place, 'x', NaN), -number(place, 'y', NaN)];
  return Number.isFinite(x) && Number.isFinite(y) ? { x, y } : {};
}

/** Where pandapower 3 mended a formula, files of version 2 get the mended one as well. */
function versionWarnings(tables: Tables): string[] {
  if ((tables.version?.[0] ?? 3) >= 3) return [];
  const atStar = tables
    .rows('trafo3w')
    .some((row) => inService(row) && flag(row, 'tap_at_star_point', false));
  return [
    ...(atStar
      ? ['trafo3w: taps at the star point count as in pandapower 3, which mended their formula']
      : []),
    ...(tables.rows('dcline').some(inService)
      ? ['dcline: losses count as in pandapower 3, which mended their formula']
      : []),
  ];
}

/**
 * pandapower gives every load, generator and ward of a bus the mean voltage dependence of the bus's loads. Here each
 * element has its own: where that differs, it is said.
 */
function loadWarnings(tables: Tables, network: Network): string[] {
  const { loads = [] } = network;
  const others = ['sgen', 'storage', 'motor', 'ward', 'xward', 'asymmetric_load', 'asymmetric_sgen'].flatMap(
    (table) =>
      tables
        .rows(table)
        .filter(inService)
        .map((row) => String(row.bus)),
  );
  // Buses that switches join are one to pandapower.
  const { nodeOfBus } = findTopology(network);
  const nodes = new Map(network.buses.map(({ id }, at) => [id, nodeOfBus[at] ?? -1]));
  const nodeOf = (bus: string): number => nodes.get(bus) ?? -1;
  const atNode = new Map<number, Set<string>>();
  for (const bus of others) atNode.set(nodeOf(bus), new Set(['other']));
  for (const load of loads) {
    if (load.inService === false || load.id.includes(' ')) continue;
    const shares = JSON.stringify([
      load.currentPartP,
      load.currentPartQ,
      load.impedancePartP,
      load.impedancePartQ,
    ]);
    const node = nodeOf(load.bus);
    atNode.set(node, (atNode.get(node) ?? new Set()).add(shares));
  }
  const follows = new Set(loads.filter((load) => load.currentPartP !== undefined).map(({ bus }) => bus));
  return [...follows]
    .filter((bus) => (atNode.get(nodeOf(bus))?.size ?? 0) > 1)
    .map(
      (bus) =>
        `bus ${bus}: each load follows the voltage by its own shares; pandapower applies their mean to all that is at the bus`,
    );
}
