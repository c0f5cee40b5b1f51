import type { TapChanger, TapStep } from '../network.js';
import { refuse } from './refuse.js';
import { flag, inService, isEmpty, number } from './row.js';
import type { Row, Tables } from './tables.js';

/** `Ideal` turns, the others add a voltage; a changer without a type has no effect since pandapower 3. */
const TYPES = ['Ideal', 'Ratio', 'Symmetrical', 'Tabular'];

/**
 * Reads one tap changer of a transformer.
 *
 * @param prefix `tap` or `tap2`
 */
export function readTap(row: Row, tables: Tables, prefix: 'tap' | 'tap2'): TapChanger | undefined {
  const cell = (column: string): string => `${prefix}_${column}`;
  const side = row[cell('side')];
  if (prefix === 'tap' && readsTable(row)) return tabular(row, tables);
  const position = number(row, cell('pos'), NaN);
  const neutral = number(row, cell('neutral'), NaN);
  if ((side !== 'hv' && side !== 'lv') || Number.isNaN(position) || Number.isNaN(neutral)) return undefined;
  const ideal = isIdeal(row, tables, prefix);
  if (ideal === undefined) return undefined;
  const stepPercent = number(row, cell('step_percent'), 0);
  const stepDegree = number(row, cell('step_degree'), 0);
  if (ideal && inService(row) && position !== neutral && (stepPercent === 0) === (stepDegree === 0)) {
    const bothEmpty = isEmpty(row[cell('step_percent')]) && isEmpty(row[cell('step_degree')]);
    if (stepPercent !== 0 || bothEmpty) {
      throw refuse(
        `${row.table} ${row.index}: an ideal phase shifter needs ${cell('step_degree')} or ${cell('step_percent')}, one of the two`,
      );
    }
  }
  const range = { min: number(row, cell('min'), -Infinity), max: number(row, cell('max'), Infinity) };
  return {
    ...{ side, position, neutral, stepPercent, stepDegree },
    ...{
      min: Number.isFinite(range.min) ? range.min : position,
      max: Number.isFinite(range.max) ? range.max : position,
    },
    ...(ideal && { ideal }),
  };
}

/** @returns undefined for a changer without effect */
function isIdeal(row: Row, tables: Tables, prefix: 'tap' | 'tap2'): boolean | undefined {
  const type = row[`${prefix}_changer_type`];
  if (!tables.has(row.table, `${prefix}_changer_type`)) {
    // Before pandapower 3, a flag told ideal phase shifters. A file of version 3 without either column has no
    // changer that works, and none without the flag has a second one.
    const flagged = tables.has(row.table, `${prefix}_phase_shifter`);
    const unsaid = prefix === 'tap' && (tables.version?.[0] ?? 0) < 3;
    return flagged || unsaid ? flag(row, `${prefix}_phase_shifter`, false) : undefined;
  }
  if (isEmpty(type) || type === 'nan' || type === 'None') return undefined;
  if (typeof type !== 'string' || !TYPES.includes(type)) {
    throw refuse(
      `${row.table} ${row.index}: ${prefix}_changer_type must be one of ${TYPES.join(', ')}, found ${JSON.stringify(type)}`,
    );
  }
  return type === 'Tabular' ? undefined : type === 'Ideal';
}

/** True where the tap position picks a row of `trafo_characteristic_table`. */
export function readsTable(row: Row): boolean {
  if (!inService(row)) return false;
  if (row.tap_dependency_table === undefined && flag(row, 'tap_dependent_impedance', false)) {
    throw refuse(
      `${row.table} ${row.index}: tap_dependent_impedance takes its impedance from a characteristic, which has no ` +
        'counterpart; give it a tap_dependency_table or set it to false',
    );
  }
  return flag(row, 'tap_dependency_table', false);
}

/** The row of the characteristic table at a position. */
export function characteristicAt(row: Row, tables: Tables): Row {
  const id = number(row, 'id_characteristic_table');
  const position = number(row, 'tap_pos');
  const found = tables
    .rows('trafo_characteristic_table')
    .find((one) => number(one, 'id_characteristic') === id && number(one, 'step') === position);
  if (found !== undefined) return found;
  throw refuse(
    `${row.table} ${row.index}: trafo_characteristic_table has no row for id_characteristic ${id} and step ${position}`,
  );
}

function tabular(row: Row, tables: Tables): TapChanger {
  characteristicAt(row, tables);
  const id = number(row, 'id_characteristic_table');
  const side = row.tap_side;
  if (side !== 'hv' && side !== 'lv') {
    throw refuse(
      `${row.table} ${row.index}: tap_side must be "hv" or "lv" where tap_dependency_table is true`,
    );
  }
  const table = tables
    .rows('trafo_characteristic_table')
    .filter((one) => number(one, 'id_characteristic') === id)
    .map((one): TapStep => ({
      position: number(one, 'step'),
      ratio: number(one, 'voltage_ratio'),
      degree: number(one, 'angle_deg'),
      vkPercent: number(one, 'vk_percent'),
      vkrPercent: number(one, 'vkr_percent'),
    }));
  return {
    ...{
      side,
      position: number(row, 'tap_pos'),
      neutral: number(row, 'tap_neutral', 0),
      stepPercent: 0,
      table,
    },
    ...{
      min: table.reduce((least, step) => Math.min(least, step.position), Infinity),
      max: table.reduce((most, step) => Math.max(most, step.position), -Infinity),
    },
  };
}
