import type {
  Bus,
  Generator,
  Load,
  PerUnitBranch,
  Shunt,
  Source,
  StaticGenerator,
  Storage,
} from '../network.js';
import type { Settings } from './options.js';
import { refuse } from './refuse.js';
import { busId, flag, head, inService, number } from './row.js';
import type { Row, Tables } from './tables.js';

/** Loads of every kind: motors and unbalanced loads count as what they take from all phases together. */
export function readLoads(tables: Tables, settings: Settings): Load[] {
  return [
    ...tables.rows('load').map((row) => readLoad(row, settings)),
    ...tables.rows('motor').map(readMotor),
    ...tables
      .rows('asymmetric_load')
      .map((row) => ({ ...head(row, 'asymmetric_load '), ...sumOfPhases(row) })),
    ...['ward', 'xward'].flatMap((table) =>
      tables.rows(table).map((row) => ({
        ...{ ...head(row, `${table} `), bus: busId(row) },
        ...{ pMw: number(row, 'ps_mw'), qMvar: number(row, 'qs_mvar') },
      })),
    ),
  ];
}

function readLoad(row: Row, { voltageDependentLoads }: Settings): Load {
  const part = (column: string, both: string): number =>
    voltageDependentLoads ? number(row, column, number(row, both, 0)) / 100 : 0;
  const parts = {
    currentPartP: part('const_i_p_percent', 'const_i_percent'),
    currentPartQ: part('const_i_q_percent', 'const_i_percent'),
    impedancePartP: part('const_z_p_percent', 'const_z_percent'),
    impedancePartQ: part('const_z_q_percent', 'const_z_percent'),
  };
  const any = Object.values(parts).some((value) => value !== 0);
  return {
    ...{ ...head(row), bus: busId(row), pMw: number(row, 'p_mw'), qMvar: number(row, 'q_mvar', 0) },
    ...{ scaling: number(row, 'scaling', 1), ...(any && parts) },
  };
}

function readMotor(row: Row): Load {
  const pMw =
    (number(row, 'pn_mech_mw') / number(row, 'efficiency_percent', 100)) *
    number(row, 'loading_percent', 100) *
    number(row, 'scaling', 1);
  const cosPhi = number(row, 'cos_phi');
  if (inService(row) && !(Math.abs(cosPhi) > 0 && Math.abs(cosPhi) <= 1)) {
    throw refuse(`motor ${row.index}: cos_phi must lie between 0 and 1, found ${cosPhi}`);
  }
  const qMvar = Math.sqrt(Math.max(0, (pMw / cosPhi) ** 2 - pMw ** 2));
  return { ...head(row, 'motor '), bus: busId(row), pMw, qMvar: Number.isFinite(qMvar) ? qMvar : 0 };
}

function sumOfPhases(row: Row): { bus: string; pMw: number; qMvar: number; scaling: number } {
  const sum = (what: string, unit: string): number =>
    ['a', 'b', 'c'].reduce((total, phase) => total + number(row, `${what}_${phase}_${unit}`, 0), 0);
  return {
    bus: busId(row),
    pMw: sum('p', 'mw'),
    qMvar: sum('q', 'mvar'),
    scaling: number(row, 'scaling', 1),
  };
}

export function readShunts(tables: Tables): Shunt[] {
  const nominal = new Map(tables.rows('bus').map((row) => [row.index, number(row, 'vn_kv', NaN)]));
  return [
    ...tables.rows('shunt').map((row) => readShunt(row, tables, nominal.get(number(row, 'bus')) ?? NaN)),
    ...['ward', 'xward'].flatMap((table) =>
      tables.rows(table).map((row) => ({
        ...{ ...head(row, `${table} `), bus: busId(row) },
        ...{ pMw: number(row, 'pz_mw'), qMvar: number(row, 'qz_mvar') },
      })),
    ),
  ];
}

/** Rated at `vn_kv`, which may differ from the bus's nominal voltage. */
function readShunt(row: Row, tables: Tables, nominalKv: number): Shunt {
  const rated = number(row, 'vn_kv', nominalKv);
  const scale = (nominalKv / rated) ** 2;
  const step = number(row, 'step', 1);
  const last = number(row, 'max_step', 1);
  const shunt = {
    ...{ ...head(row), bus: busId(row), step, maxStep: Number.isFinite(last) ? Math.max(step, last) : step },
    ...{ pMw: number(row, 'p_mw', 0) * scale, qMvar: number(row, 'q_mvar', 0) * scale },
  };
  if (!inService(row) || !flag(row, 'step_dependency_table', false)) return shunt;
  const id = number(row, 'id_characteristic_table');
  const table = tables
    .rows('shunt_characteristic_table')
    .filter((one) => number(one, 'id_characteristic') === id)
    .map((one) => ({
      step: number(one, 'step'),
      pMw: number(one, 'p_mw', 0) * scale,
      qMvar: number(one, 'q_mvar', 0) * scale,
    }));
  if (table.every((one) => one.step !== step)) {
    throw refuse(
      `shunt ${row.index}: shunt_characteristic_table has no row for id_characteristic ${id} and step ${step}`,
    );
  }
  return { ...shunt, table };
}

/** Without voltage angles, every source stands at zero (as in pandapower). */
export function readSources(tables: Tables, { phaseShift }: Settings): Source[] {
  const source = (row: Row, prefix = ''): Source => ({
    ...{ ...head(row, prefix), bus: busId(row) },
    ...{ vmPu: number(row, 'vm_pu'), vaDegree: phaseShift ? number(row, 'va_degree', 0) : 0 },
  });
  const generators = tables.rows('gen').filter((row) => flag(row, 'slack', false));
  return [
    ...tables.rows('ext_grid').map((row) => source(row)),
    ...generators.map((row) => ({ ...source(row, 'gen '), vaDegree: 0 })),
  ];
}

/** Generators that hold a voltage: `gen`, both ends of direct-current lines, and the inner source of an xward. */
export function readGenerators(tables: Tables): Generator[] {
  const limits = (row: Row, min: string, max: string): Pick<Generator, 'minQMvar' | 'maxQMvar'> => ({
    ...(Number.isFinite(number(row, min, NaN)) && { minQMvar: number(row, min) }),
    ...(Number.isFinite(number(row, max, NaN)) && { maxQMvar: number(row, max) }),
  });
  return [
    ...tables
      .rows('gen')
      .filter((row) => !flag(row, 'slack', false))
      .map((row) => ({
        ...{ ...head(row), bus: busId(row), vmPu: number(row, 'vm_pu') },
        pMw: number(row, 'p_mw') * number(row, 'scaling', 1),
        ...limits(row, 'min_q_mvar', 'max_q_mvar'),
      })),
    ...tables.rows('dcline').flatMap((row) => {
      const sent = number(row, 'p_mw');
      const received =
        Math.abs(sent) * (1 - number(row, 'loss_percent', 0) / 100) - number(row, 'loss_mw', 0);
      const forward = sent > 0;
      return (['from', 'to'] as const).map((end) => ({
        ...{ ...head(row), id: `dcline ${row.index} ${end}`, bus: busId(row, `${end}_bus`) },
        ...{
          pMw: forward === (end === 'to') ? received : -Math.abs(sent),
          vmPu: number(row, `vm_${end}_pu`),
        },
        ...limits(row, `min_q_${end}_mvar`, `max_q_${end}_mvar`),
      }));
    }),
    ...tables.rows('xward').map((row) => {
      const id = `xward ${row.index}`;
      return { ...head(row), id, bus: id, pMw: 0, vmPu: number(row, 'vm_pu') };
    }),
  ];
}

/** The inner bus of each xward, and the impedance that leads to it. */
export function readXwards(tables: Tables): { buses: Bus[]; branches: PerUnitBranch[] } {
  const nominal = new Map(tables.rows('bus').map((row) => [row.index, number(row, 'vn_kv', NaN)]));
  const buses: Bus[] = [];
  const branches: PerUnitBranch[] = [];
  for (const row of tables.rows('xward')) {
    const id = `xward ${row.index}`;
    const nominalKv = nominal.get(number(row, 'bus')) ?? NaN;
    const result = tables.rows('res_xward').find((one) => one.index === row.index);
    const [vmPu, vaDegree] = result
      ? [number(result, 'vm_internal_pu', NaN), number(result, 'va_internal_degree', NaN)]
      : [NaN, NaN];
    buses.push({
      ...head(row),
      id,
      nominalKv,
      ...(vmPu > 0 && Number.isFinite(vaDegree) && { vmPu, vaDegree }),
    });
    const baseOhm = nominalKv ** 2 / tables.baseMva;
    const series = { rPu: number(row, 'r_ohm') / baseOhm, xPu: number(row, 'x_ohm') / baseOhm };
    branches.push({ ...head(row), id, from: busId(row), to: id, ...series });
  }
  return { buses, branches };
}

export function readStaticGenerators(tables: Tables): StaticGenerator[] {
  return [
    ...tables.rows('sgen').map((row) => ({ ...head(row), bus: busId(row), ...scaled(row) })),
    ...tables
      .rows('asymmetric_sgen')
      .map((row) => ({ ...head(row, 'asymmetric_sgen '), ...sumOfPhases(row) })),
  ];
}

export function readStorages(tables: Tables): Storage[] {
  return tables.rows('storage').map((row) => ({ ...head(row), bus: busId(row), ...scaled(row) }));
}

function scaled(row: Row): { pMw: number; qMvar: number } {
  const scaling = number(row, 'scaling', 1);
  return { pMw: number(row, 'p_mw') * scaling, qMvar: number(row, 'q_mvar', 0) * scaling };
}
