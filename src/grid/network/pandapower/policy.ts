import {
  DIRECT_CURRENT_TABLES,
  EMPTY_COUNTS_AS,
  EMPTY_COUNTS_AS_IN,
  EMPTY_IS_NOTHING,
  IRRELEVANT_EVERYWHERE,
  IRRELEVANT_TABLES,
  KNOWN,
  MISSED_COLUMNS,
  REFUSED_TABLES,
} from './columns.js';
import { refuse } from './refuse.js';
import { flag, inService, isEmpty } from './row.js';
import type { Row, Tables } from './tables.js';

/**
 * Looks through the tables for what the import does not use: nothing that could change the power flow passes in
 * silence.
 *
 * @returns warnings, and the names of tables that were left out
 * @throws GridwireError NETWORK_INVALID naming an element without a counterpart
 */
export function checkTables(tables: Tables): { warnings: string[]; leftOut: string[] } {
  for (const table of REFUSED_TABLES) {
    const row = tables.rows(table).find(inService);
    if (row !== undefined) throw refuse(`${table} ${row.index} has no counterpart; replace or remove it`);
  }
  checkNumbers(tables);
  checkBuses(tables);
  const warnings: string[] = [];
  const leftOut: string[] = [];
  for (const table of tables.names()) {
    const rows = tables.rows(table);
    if (rows.length === 0 || /^(_|res_)/.test(table) || REFUSED_TABLES.includes(table)) continue;
    if (IRRELEVANT_TABLES.has(table) || DIRECT_CURRENT_TABLES.includes(table)) leftOut.push(table);
    else if (table === 'controller') {
      if (rows.some(inService))
        warnings.push('controllers are not run: every setting counts as it stands in the tables');
      leftOut.push(table);
    } else if (!Object.hasOwn(KNOWN, table)) {
      warnings.push(`table ${table} is not known: its ${rows.length} rows were left out`);
      leftOut.push(table);
    } else
      warnings.push(
        ...unknownColumns(tables, table),
        ...missedColumns(tables, table),
        ...emptyCells(tables, table),
      );
  }
  return { warnings: [...warnings, ...missedFrequency(tables)], leftOut };
}

/** Rows of elements are referred to by their numbers. */
function checkNumbers(tables: Tables): void {
  for (const table of Object.keys(KNOWN)) {
    const place = tables.rows(table).findIndex(({ index }) => !Number.isSafeInteger(index));
    if (place < 0) continue;
    throw refuse(
      `table ${table}: the index of row ${place + 1} must be a whole number; reset_index of pandas numbers the rows`,
    );
  }
}

const BUS_COLUMNS = ['bus', 'from_bus', 'to_bus', 'hv_bus', 'mv_bus', 'lv_bus'];

/** Every bus that a row in service names must be there. */
function checkBuses(tables: Tables): void {
  const buses = new Set(tables.rows('bus').map(({ index }) => index));
  for (const table of Object.keys(KNOWN)) {
    for (const row of tables.rows(table)) {
      if (!inService(row)) continue;
      const wrong = BUS_COLUMNS.find((column) => typeof row[column] === 'number' && !buses.has(row[column]));
      if (wrong === undefined) continue;
      throw refuse(
        `${table} ${row.index}: column ${wrong} names bus ${String(row[wrong])}, which is not in table bus`,
      );
    }
  }
}

/** What empty cells and missing columns of a table count as. */
function countsAs(table: string): Record<string, string | number | boolean> {
  return { ...EMPTY_COUNTS_AS, ...EMPTY_COUNTS_AS_IN[table] };
}

/** Columns that a table lacks altogether: pandapower would refuse it. */
function missedColumns(tables: Tables, table: string): string[] {
  if (!tables.rows(table).some(inService)) return [];
  const values = countsAs(table);
  return (MISSED_COLUMNS[table] ?? '')
    .split(' ')
    .filter((column) => column !== '' && !tables.has(table, column))
    .map((column) => `${table}: there is no column ${column}; it counts as ${values[column] ?? 0}`);
}

function missedFrequency(tables: Tables): string[] {
  const charged = tables
    .rows('line')
    .some((row) => inService(row) && typeof row.c_nf_per_km === 'number' && row.c_nf_per_km !== 0);
  return charged && !tables.saysFrequency ? ['f_hz is missing and counts as 50'] : [];
}

/** Empty cells that count as something: pandapower would find no solution, or another one. */
function emptyCells(tables: Tables, table: string): string[] {
  const columns = tables.columns(table);
  return Object.entries(countsAs(table)).flatMap(([column, value]) => {
    if (!columns.includes(column) || EMPTY_IS_NOTHING.has(`${table} ${column}`)) return [];
    const rows = tables
      .rows(table)
      .filter((row) => isEmpty(row[column]) && inService(row) && (column !== 'z_ohm' || joinsBuses(row)));
    if (rows.length === 0) return [];
    const shown = rows.slice(0, 5).map(({ index }) => index);
    const more = rows.length > shown.length ? ` and ${rows.length - shown.length} more` : '';
    // With numba pandapower joins the buses of such a switch, without it leaves them apart.
    const beware = column === 'z_ohm' ? ', which pandapower without numba takes for an open switch' : '';
    return [`${table} ${shown.join(', ')}${more}: column ${column} is empty and counts as ${value}${beware}`];
  });
}

/** Open switches, and those at lines and transformers, have no impedance that counts. */
function joinsBuses(row: Row): boolean {
  return row.et === 'b' && flag(row, 'closed', true);
}

function unknownColumns(tables: Tables, table: string): string[] {
  const { used = '', irrelevant = '' } = KNOWN[table] ?? {};
  const known = new Set([...used.split(' '), ...irrelevant.split(' '), 'id', 'index', 'table']);
  return tables
    .columns(table)
    .filter((column) => !known.has(column) && !IRRELEVANT_EVERYWHERE.has(column))
    .filter((column) => tables.rows(table).some((row) => !isEmpty(row[column])))
    .map((column) => `${table}: column ${column} is not known and was left out`);
}
