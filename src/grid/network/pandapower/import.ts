import type { Bus, Line, Load, Network, PerUnitBranch, Shunt, Switch } from '../network.js';
import { busId, head, inService, number } from './row.js';
import { readPandapower, refuse, type Row, type Tables } from './tables.js';
import { readTransformer } from './transformer.js';

export interface PandapowerOptions {
  /**
   * Whether transformers shift angles. `auto` (default) does as pandapower: only where a source feeds 70 kV or more.
   */
  phaseShift?: 'auto' | 'on' | 'off';
}

/** Tables that change the power flow and have no counterpart here: refused unless empty. */
const UNSUPPORTED = [
  ...[
    'trafo3w',
    'dcline',
    'xward',
    'motor',
    'asymmetric_load',
    'asymmetric_sgen',
    'svc',
    'tcsc',
    'ssc',
    'vsc',
  ],
  ...['line_dc', 'bus_dc', 'load_dc', 'source_dc', 'vsc_stacked', 'vsc_bipolar', 'b2b_vsc'],
];

/**
 * Imports a network from pandapower's JSON. Element numbers become ids, names are kept.
 *
 * @throws GridwireError NETWORK_INVALID naming what is missing or has no counterpart
 */
export function importPandapower(text: string, options: PandapowerOptions = {}): Network {
  const tables = readPandapower(text);
  for (const table of UNSUPPORTED) {
    const row = tables.rows(table).find(inService);
    if (row !== undefined) throw refuse(`${table} ${row.index} has no counterpart; replace or remove it`);
  }
  const shift = shiftsAngles(tables, options.phaseShift ?? 'auto');
  const loads = tables.rows('load').map(readLoad);
  return {
    ...{ name: tables.name, reference: 'imported from pandapower JSON' },
    ...{ baseMva: tables.baseMva, frequencyHz: tables.frequencyHz },
    buses: tables.rows('bus').map(readBus),
    lines: tables.rows('line').map(readLine),
    transformers: tables.rows('trafo').map((row) => readTransformer(row, tables, shift)),
    branches: tables.rows('impedance').map((row) => readImpedance(row, tables.baseMva)),
    loads: [...loads.map(({ load }) => load), ...tables.rows('ward').map(readWardLoad)],
    shunts: [
      ...loads.flatMap(({ shunt }) => shunt ?? []),
      ...tables.rows('shunt').map((row) => readShunt(row, tables)),
      ...tables.rows('ward').map(readWardShunt),
    ],
    ...readInjections(tables),
    switches: tables.rows('switch').map(readSwitch),
  };
}

function shiftsAngles(tables: Tables, setting: 'auto' | 'on' | 'off'): boolean {
  if (setting !== 'auto') return setting === 'on';
  const nominal = new Map(tables.rows('bus').map((row) => [row.index, number(row, 'vn_kv', 0)]));
  const feeds = [...tables.rows('ext_grid'), ...tables.rows('gen').filter((row) => row.slack === true)];
  return feeds.filter(inService).some((row) => (nominal.get(number(row, 'bus')) ?? 0) >= 70);
}

function readBus(row: Row): Bus {
  const [minPu, maxPu] = [number(row, 'min_vm_pu', 0), number(row, 'max_vm_pu', 0)];
  const limits = maxPu > minPu && minPu > 0 ? { minPu, maxPu } : {};
  return { ...head(row), nominalKv: number(row, 'vn_kv'), ...limits, ...position(row) };
}

/** `geo` is a GeoJSON point as text. */
function position(row: Row): { x?: number; y?: number } {
  if (typeof row.geo !== 'string') return {};
  const [, x, y] = /"coordinates":\s*\[\s*(-?[\d.eE+-]+)\s*,\s*(-?[\d.eE+-]+)/.exec(row.geo) ?? [];
  return x === undefined || y === undefined ? {} : { x: Number(x), y: -Number(y) };
}

function readLine(row: Row): Line {
  const limit = number(row, 'max_i_ka', 0) * number(row, 'df', 1);
  return {
    ...head(row),
    ...{ from: busId(row, 'from_bus'), to: busId(row, 'to_bus'), lengthKm: number(row, 'length_km') },
    ...{ rOhmPerKm: number(row, 'r_ohm_per_km'), xOhmPerKm: number(row, 'x_ohm_per_km') },
    ...{ cNfPerKm: number(row, 'c_nf_per_km', 0), gUsPerKm: number(row, 'g_us_per_km', 0) },
    parallel: number(row, 'parallel', 1),
    ...(limit > 0 && { maxKa: limit }),
  };
}

/** The constant-impedance part of a load is a shunt; a constant-current part has no counterpart. */
function readLoad(row: Row): { load: Load; shunt?: Shunt } {
  const constantCurrent = ['const_i_p_percent', 'const_i_q_percent', 'const_i_percent'];
  if (inService(row) && constantCurrent.some((column) => number(row, column, 0) !== 0)) {
    throw refuse(
      `load ${row.index} has a constant-current part; only constant power and impedance are supported`,
    );
  }
  const scaling = number(row, 'scaling', 1);
  const impedance = number(row, 'const_z_percent', 0);
  const partP = number(row, 'const_z_p_percent', impedance) / 100;
  const partQ = number(row, 'const_z_q_percent', impedance) / 100;
  const [pMw, qMvar] = [number(row, 'p_mw'), number(row, 'q_mvar', 0)];
  const load = { ...head(row), bus: busId(row), pMw: pMw * (1 - partP), qMvar: qMvar * (1 - partQ), scaling };
  if (partP === 0 && partQ === 0) return { load };
  const shunt = { pMw: pMw * partP * scaling, qMvar: qMvar * partQ * scaling };
  return { load, shunt: { ...head(row, 'load '), bus: busId(row), ...shunt } };
}

function readWardLoad(row: Row): Load {
  return { ...head(row, 'ward '), bus: busId(row), pMw: number(row, 'ps_mw'), qMvar: number(row, 'qs_mvar') };
}

function readWardShunt(row: Row): Shunt {
  return { ...head(row, 'ward '), bus: busId(row), pMw: number(row, 'pz_mw'), qMvar: number(row, 'qz_mvar') };
}

/** Rated at `vn_kv`, which may differ from the bus's nominal voltage. */
function readShunt(row: Row, tables: Tables): Shunt {
  const bus = tables.rows('bus').find((one) => one.index === row.bus);
  const nominal = bus === undefined ? 1 : number(bus, 'vn_kv');
  const scale = (nominal / number(row, 'vn_kv', nominal)) ** 2;
  const step = number(row, 'step', 1);
  return {
    ...head(row),
    ...{ bus: busId(row), pMw: number(row, 'p_mw', 0) * scale, qMvar: number(row, 'q_mvar') * scale },
    ...{ step, maxStep: Math.max(step, number(row, 'max_step', 1)) },
  };
}

function readImpedance(row: Row, baseMva: number): PerUnitBranch {
  if (row.rft_pu !== row.rtf_pu || row.xft_pu !== row.xtf_pu) {
    throw refuse(`impedance ${row.index} differs between its directions`);
  }
  const shunts = ['gf_pu', 'bf_pu', 'gt_pu', 'bt_pu'].some((column) => number(row, column, 0) !== 0);
  if (shunts) throw refuse(`impedance ${row.index} has shunt admittances, which have no counterpart`);
  const toBase = baseMva / number(row, 'sn_mva');
  return {
    ...head(row),
    ...{ from: busId(row, 'from_bus'), to: busId(row, 'to_bus') },
    ...{ rPu: number(row, 'rft_pu') * toBase, xPu: number(row, 'xft_pu') * toBase },
    ratedMva: number(row, 'sn_mva'),
  };
}

function readInjections(
  tables: Tables,
): Required<Pick<Network, 'sources' | 'generators' | 'staticGenerators' | 'storages'>> {
  const scaled = (row: Row, column: string): number => number(row, column, 0) * number(row, 'scaling', 1);
  const slackGenerators = tables.rows('gen').filter((row) => row.slack === true);
  const source = (row: Row, prefix = ''): Network['sources'][number] => ({
    ...head(row, prefix),
    ...{ bus: busId(row), vmPu: number(row, 'vm_pu'), vaDegree: number(row, 'va_degree', 0) },
  });
  return {
    sources: [
      ...tables.rows('ext_grid').map((row) => source(row)),
      ...slackGenerators.map((row) => source(row, 'gen ')),
    ],
    generators: tables
      .rows('gen')
      .filter((row) => row.slack !== true)
      .map((row) => ({
        ...head(row),
        ...{ bus: busId(row), pMw: scaled(row, 'p_mw'), vmPu: number(row, 'vm_pu') },
        ...(typeof row.min_q_mvar === 'number' && { minQMvar: row.min_q_mvar }),
        ...(typeof row.max_q_mvar === 'number' && { maxQMvar: row.max_q_mvar }),
      })),
    staticGenerators: tables.rows('sgen').map((row) => ({
      ...head(row),
      bus: busId(row),
      pMw: scaled(row, 'p_mw'),
      qMvar: scaled(row, 'q_mvar'),
    })),
    storages: tables.rows('storage').map((row) => ({
      ...head(row),
      bus: busId(row),
      pMw: scaled(row, 'p_mw'),
      qMvar: scaled(row, 'q_mvar'),
    })),
  };
}

const SWITCHED: Readonly<Record<string, Switch['elementKind']>> = { b: 'bus', l: 'line', t: 'transformer' };

function readSwitch(row: Row): Switch {
  const elementKind = SWITCHED[String(row.et)];
  if (elementKind === undefined) throw refuse(`switch ${row.index} switches an element of unknown kind`);
  if (number(row, 'z_ohm', 0) !== 0)
    throw refuse(`switch ${row.index} has an impedance, which has no counterpart`);
  return {
    ...head(row),
    bus: busId(row),
    element: busId(row, 'element'),
    elementKind,
    closed: row.closed !== false,
  };
}
