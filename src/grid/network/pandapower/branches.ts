import type { Line, PerUnitBranch, Switch } from '../network.js';
import type { Settings } from './options.js';
import { refuse } from './refuse.js';
import { busId, flag, head, inService, isEmpty, number } from './row.js';
import type { Row, Tables } from './tables.js';
import { windingAt, windingId } from './trafo3w.js';

export function readLine(row: Row): Line {
  const limit = number(row, 'max_i_ka', 0) * number(row, 'df', 1);
  return {
    ...head(row),
    ...{ from: busId(row, 'from_bus'), to: busId(row, 'to_bus'), lengthKm: number(row, 'length_km') },
    ...{ rOhmPerKm: number(row, 'r_ohm_per_km'), xOhmPerKm: number(row, 'x_ohm_per_km') },
    ...{ cNfPerKm: number(row, 'c_nf_per_km', 0), gUsPerKm: number(row, 'g_us_per_km', 0) },
    parallel: number(row, 'parallel', 1),
    ...(limit > 0 && Number.isFinite(limit) && { maxKa: limit }),
  };
}

/** Per unit of its own rating; may differ between its directions. */
export function readImpedance(row: Row, baseMva: number): PerUnitBranch {
  const rated = number(row, 'sn_mva');
  const toBase = baseMva / rated;
  // Once there was one figure for both directions.
  const series = (column: string, old: string): number =>
    number(row, isEmpty(row[column]) && !isEmpty(row[old]) ? old : column) * toBase;
  const [rPu, xPu] = [series('rft_pu', 'r_pu'), series('xft_pu', 'x_pu')];
  const [rToPu, xToPu] = [series('rtf_pu', 'r_pu'), series('xtf_pu', 'x_pu')];
  const ground = (column: string): number => number(row, column, 0) / toBase;
  return {
    ...head(row),
    ...{ from: busId(row, 'from_bus'), to: busId(row, 'to_bus'), rPu, xPu },
    ...((rToPu !== rPu || xToPu !== xPu) && { rToPu, xToPu }),
    ...{ gFromPu: ground('gf_pu'), bFromPu: ground('bf_pu'), gToPu: ground('gt_pu'), bToPu: ground('bt_pu') },
    ...(rated > 0 && { ratedMva: rated }),
  };
}

const SWITCHED: Readonly<Record<string, Switch['elementKind']>> = {
  b: 'bus',
  l: 'line',
  t: 'transformer',
  t3: 'transformer',
};

/** Switches, and the branches that stand for closed ones with an impedance. */
export function readSwitches(
  tables: Tables,
  { switchRxRatio }: Settings,
): { switches: Switch[]; impedances: PerUnitBranch[]; warnings: string[] } {
  const buses = new Map(tables.rows('bus').map((row) => [row.index, row]));
  const windings = new Map(tables.rows('trafo3w').map((row) => [row.index, row]));
  const switches: Switch[] = [];
  const impedances: PerUnitBranch[] = [];
  const warnings: string[] = [];
  for (const row of tables.rows('switch')) {
    const closed = flag(row, 'closed', true);
    const ohms = number(row, 'z_ohm', 0);
    if (row.et === 'b' && ohms > 0) {
      if (closed) impedances.push(asBranch(row, ohms, switchRxRatio, buses, tables.baseMva));
      continue;
    }
    if (row.et !== 'b' && ohms !== 0) {
      warnings.push(
        `switch ${row.index}: z_ohm counts between buses only, as in pandapower; it was left out`,
      );
    }
    const one = readSwitch(row, closed, windings);
    if (one !== undefined) switches.push(one);
  }
  return { switches, impedances, warnings };
}

function asBranch(
  row: Row,
  ohms: number,
  rxRatio: number,
  buses: ReadonlyMap<number, Row>,
  baseMva: number,
): PerUnitBranch {
  const [from, to] = [number(row, 'bus'), number(row, 'element')];
  const bus = buses.get(from);
  const baseOhm = (bus === undefined ? NaN : number(bus, 'vn_kv')) ** 2 / baseMva;
  const size = ohms / baseOhm / Math.hypot(1, rxRatio);
  return { id: `switch ${row.index}`, from: String(from), to: String(to), rPu: size * rxRatio, xPu: size };
}

function readSwitch(row: Row, closed: boolean, trafo3w: ReadonlyMap<number, Row>): Switch | undefined {
  const elementKind =
    typeof row.et === 'string' && Object.hasOwn(SWITCHED, row.et) ? SWITCHED[row.et] : undefined;
  if (elementKind === undefined) {
    throw refuse(`switch ${row.index}: et must be "b", "l", "t" or "t3", found ${JSON.stringify(row.et)}`);
  }
  const bus = number(row, 'bus');
  const name = typeof row.name === 'string' && row.name !== '' ? { name: row.name } : {};
  const one = { id: String(row.index), ...name, bus: String(bus), elementKind, closed };
  if (row.et !== 't3') return { ...one, element: busId(row, 'element') };
  const transformer = trafo3w.get(number(row, 'element'));
  const side = transformer && windingAt(transformer, bus);
  if (transformer === undefined || side === undefined) {
    throw refuse(`switch ${row.index}: trafo3w ${number(row, 'element')} does not end at bus ${bus}`);
  }
  return inService(transformer) ? { ...one, element: windingId(transformer.index, side) } : undefined;
}
