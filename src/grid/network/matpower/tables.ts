import { COLUMN_NAMES } from './columns.js';
import { asScalar, widthOf, type Matrix, type Value } from './matrix.js';
import { refuse, runCaseFile } from './run.js';

/** The parts of a case that a power flow needs. */
export interface CaseTables {
  name: string | undefined;
  baseMva: number;
  bus: CaseTable;
  gen: CaseTable;
  branch: CaseTable;
  warnings: string[];
  /** Other tables of the case. */
  leftOut: string[];
}

/** Columns that a power flow needs at least: the manual's first ones. */
const WIDTHS = { bus: ['idx_bus', 13], gen: ['idx_gen', 8], branch: ['idx_brch', 11] } as const;

/** Parts of a case that say nothing about its power flow. */
const IRRELEVANT = new Set(
  (
    'version gencost areas bus_name gentype genfuel fuel_name branch_name gen_name reserves iflims if softlims ' +
    'userfcn userdata info name zone_name area_name busnames om order success et f'
  ).split(' '),
);

/**
 * Runs a case file and takes its tables, whatever its record is called; version 1 has the tables bare.
 *
 * @throws GridwireError NETWORK_INVALID
 */
export function readCaseTables(text: string): CaseTables {
  const { variables, name, outputs } = runCaseFile(text);
  const prefix = prefixOf(variables, outputs);
  const get = (part: string): Matrix | undefined => {
    const value = variables.get(prefix + part);
    return value !== undefined && 'matrix' in value ? value.matrix : undefined;
  };
  const baseMva = asScalar(get('baseMVA') ?? []);
  if (baseMva === undefined) throw refuse(`${prefix}baseMVA is missing, which every case of MATPOWER has`);
  if (!(baseMva > 0 && Number.isFinite(baseMva))) {
    throw refuse(`${prefix}baseMVA must be a number greater than zero, found ${baseMva}`);
  }
  const table = (part: keyof typeof WIDTHS): CaseTable => {
    const rows = get(part);
    const [functionName, width] = WIDTHS[part];
    if (rows === undefined) throw refuse(`${prefix}${part} is missing`);
    if (rows.length > 0 && widthOf(rows) < width) {
      throw refuse(`${prefix}${part} needs at least ${width} columns, found ${widthOf(rows)}`);
    }
    return new CaseTable(`${prefix}${part}`, rows, COLUMN_NAMES[functionName] ?? {});
  };
  const parts = { bus: table('bus'), gen: table('gen'), branch: table('branch') };
  if (parts.bus.rows.length === 0) throw refuse(`${prefix}bus has no rows`);
  return { name, baseMva, ...parts, ...others(variables, prefix) };
}

function prefixOf(variables: ReadonlyMap<string, Value>, outputs: readonly string[]): string {
  const [record] = outputs;
  if (outputs.length === 1 && record !== undefined && variables.has(`${record}.bus`)) return `${record}.`;
  if (variables.has('mpc.bus') || !variables.has('bus')) return 'mpc.';
  return '';
}

function others(
  variables: ReadonlyMap<string, Value>,
  prefix: string,
): { warnings: string[]; leftOut: string[] } {
  const warnings: string[] = [];
  const leftOut = new Set<string>();
  for (const [name, value] of variables) {
    const [part = ''] = name.slice(prefix.length).split('.');
    if (prefix === '' || !name.startsWith(prefix) || part === 'baseMVA' || Object.hasOwn(WIDTHS, part))
      continue;
    if (part !== 'version') leftOut.add(part);
    if (IRRELEVANT.has(part) || !('matrix' in value)) continue;
    if (part === 'dcline') {
      warnings.push(
        `${name} was left out: MATPOWER's power flow takes no notice of it either, unless toggle_dcline is on`,
      );
    } else warnings.push(`${name} is not known and was left out`);
  }
  return { warnings, leftOut: [...leftOut] };
}

/** A table of a case, whose cells are asked for by MATPOWER's names of the columns. */
export class CaseTable {
  constructor(
    readonly name: string,
    readonly rows: Matrix,
    private readonly columns: Readonly<Record<string, number>>,
  ) {}

  /** A cell that may hold anything, or be missing. */
  loose(row: number, column: string): number {
    return this.rows[row]?.[(this.columns[column] ?? NaN) - 1] ?? NaN;
  }

  /** A cell that must hold a finite number. */
  number(row: number, column: string): number {
    const value = this.loose(row, column);
    if (!Number.isFinite(value)) throw this.refuse(row, column, `must be a finite number, found ${value}`);
    return value;
  }

  /** A cell that must hold one of the values given. */
  oneOf(row: number, column: string, values: readonly number[]): number {
    const value = this.loose(row, column);
    if (!values.includes(value))
      throw this.refuse(row, column, `must be one of ${values.join(', ')}, found ${value}`);
    return value;
  }

  /** A cell that must hold the number of a bus, a whole number greater than zero. */
  whole(row: number, column: string): number {
    const value = this.loose(row, column);
    if (!(Number.isSafeInteger(value) && value > 0)) {
      throw this.refuse(row, column, `must be a whole number greater than zero, found ${value}`);
    }
    return value;
  }

  /** A cell that must hold the number of a bus of the case. */
  bus(row: number, column: string, buses: ReadonlySet<number>): number {
    const value = this.whole(row, column);
    if (!buses.has(value)) throw this.refuse(row, column, `there is no bus ${value}`);
    return value;
  }

  private refuse(row: number, column: string, problem: string): Error {
    return refuse(
      `${this.name}, row ${row + 1}, column ${column} (${this.columns[column] ?? '?'}): ${problem}`,
    );
  }
}
