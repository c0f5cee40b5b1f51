import {
  DIRECT_CURRENT_TABLES,
  EMPTY_COUNTS_AS,
  EMPTY_IS_NOTHING,
  IRRELEVANT_EVERYWHERE,
  IRRELEVANT_TABLES,
  KNOWN,
  REFUSED_TABLES,
} from './columns.js';
import { refuse } from './refuse.js';
import { inService, isEmpty } from './row.js';
import type { Tables } from './tables.js';

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
    } else warnings.push(...unknownColumns(tables, table), ...emptyCells(tables, table));
  }
  return { warnings, leftOut };
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

/** Empty cells that count as something: pandapower would find no solution, or another one. */
function emptyCells(tables: Tables, table: string): string[] {
  const columns = tables.columns(table);
  return Object.entries(EMPTY_COUNTS_AS).flatMap(([column, value]) => {
    if (!columns.includes(column) || EMPTY_IS_NOTHING.has(`${table} ${column}`)) return [];
    const rows = tables
      .rows(table)
      .filter((row) => isEmpty(row[column]) && inService(row) && (column !== 'z_ohm' || row.et === 'b'));
    if (rows.length === 0) return [];
    const shown = rows.slice(0, 5).map(({ index }) => index);
    const more = rows.length > shown.length ? ` and ${rows.length - shown.length} more` : '';
    return [`${table} ${shown.join(', ')}${more}: column ${column} is empty and counts as ${value}`];
  });
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
