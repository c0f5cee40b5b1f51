import { GridwireError } from '../../../errors.js';
import { COLUMN_NAMES } from './columns.js';
import { evaluate, evaluateIndices } from './expression.js';
import { combine, type Matrix } from './matrix.js';

/** Longest case file that is read; the largest public one has 42 MB. */
export const MAXIMUM_CASE_LENGTH = 64 * 1024 * 1024;

/**
 * Reads a MATPOWER case file into its tables, with the conversions at its end applied.
 *
 * Understands assignments of numbers, matrices and formulas, assignments to columns (`mpc.bus(:, [PD QD]) = ...`) and
 * the column names that `idx_bus` and its relatives define. Anything else is refused: to skip a conversion would
 * give a network that is wrong in silence.
 *
 * @returns the tables by full name, for example `mpc.bus`
 * @throws GridwireError NETWORK_INVALID quoting the statement that is not understood
 */
export function readTables(text: string): Map<string, Matrix> {
  if (text.length > MAXIMUM_CASE_LENGTH) {
    throw refuse(`the file is longer than ${MAXIMUM_CASE_LENGTH / 1024 / 1024} MB`);
  }
  const variables = new Map<string, Matrix>();
  for (const statement of statements(text)) {
    try {
      run(statement, variables);
    } catch (error) {
      if (error instanceof GridwireError) throw error;
      const shown = statement.length > 80 ? `${statement.slice(0, 80)}...` : statement;
      throw refuse(`in "${shown}": ${(error as Error).message}`, error);
    }
  }
  return variables;
}

/** Cuts at semicolons and line ends outside brackets; comments and continuation dots are taken out. */
function* statements(text: string): Generator<string> {
  const plain = text
    .replace(/'[^'\n]*'|%[^\n]*/g, (match) => (match.startsWith('%') ? '' : match))
    .replace(/\.\.\.[^\n]*\n/g, ' ');
  let depth = 0;
  let from = 0;
  const cut = /[[({]|[\])}]|[;\n]|'[^'\n]*'/g;
  for (let match = cut.exec(plain); match !== null; match = cut.exec(plain)) {
    if ('[({'.includes(match[0])) depth++;
    else if ('])}'.includes(match[0])) depth--;
    else if (depth === 0 && !match[0].startsWith("'")) {
      const statement = plain.slice(from, match.index).trim();
      from = cut.lastIndex;
      if (statement !== '') yield statement;
    }
  }
  const rest = plain.slice(from).trim();
  if (rest !== '') yield rest;
}

function run(statement: string, variables: Map<string, Matrix>): void {
  if (/^function\b/.test(statement) || /^(end|return)$/.test(statement)) return;
  if (statement === 'define_constants') {
    defineColumns(Object.keys(COLUMN_NAMES), variables);
    return;
  }
  const [, target, value] =
    /^(\[[^\]]*\]|[A-Za-z]\w*(?:\.\w+)*(?:\s*\(.*?\))?)\s*=(?!=)([\s\S]*)$/.exec(statement) ?? [];
  if (target === undefined || value === undefined) throw new Error('only assignments are supported');
  const right = value.trim();
  if (target.startsWith('[')) defineColumns([right], variables);
  else if (target.includes('(')) assignColumns(target, evaluate(right, variables), variables);
  else if (/^\[[^\]]*\]$/.test(right)) variables.set(target, literal(right, variables));
  // Names and free text (bus names, zones, the version) do not matter for power flow.
  else if (!/^['{]/.test(right)) variables.set(target, evaluate(right, variables));
}

/** `[PQ, PV, ...] = idx_bus` names columns; the names of MATPOWER's own functions are the only ones there are. */
function defineColumns(functions: string[], variables: Map<string, Matrix>): void {
  for (const name of functions) {
    const columns = Object.hasOwn(COLUMN_NAMES, name) ? COLUMN_NAMES[name] : undefined;
    if (columns === undefined) throw new Error(`"${name}" is not known`);
    for (const [column, index] of Object.entries(columns)) variables.set(column, [[index]]);
  }
}

/** A matrix written out: rows end with a semicolon or a line, entries are numbers or formulas without blanks. */
function literal(text: string, variables: Map<string, Matrix>): Matrix {
  const rows: Matrix = [];
  for (const line of text.slice(1, -1).split(/[;\n]/)) {
    const entries = line.split(/[\s,]+/).filter((entry) => entry !== '');
    if (entries.length === 0) continue;
    rows.push(
      entries.map((entry) => {
        const number = Number(entry);
        return Number.isNaN(number) ? (evaluate(entry, variables)[0]?.[0] ?? NaN) : number;
      }),
    );
  }
  if (rows.some((row) => row.length !== rows[0]?.length)) throw new Error('its rows differ in length');
  return rows;
}

function assignColumns(target: string, value: Matrix, variables: Map<string, Matrix>): void {
  const [, name, rows, columnText] = /^([\w.]+)\s*\(\s*([^,]+?)\s*,([\s\S]*)\)$/.exec(target) ?? [];
  const table = name === undefined ? undefined : variables.get(name);
  if (table === undefined || rows === undefined || columnText === undefined) {
    throw new Error('only an assignment to rows and columns of a table is supported');
  }
  const columns = evaluateIndices(columnText, table[0]?.length ?? 0, variables);
  const chosen = evaluateIndices(rows, table.length, variables);
  const shape = chosen.map(() => columns.map(() => 0));
  const fitted = combine(shape, value, (_, entry) => entry);
  if (fitted?.length !== chosen.length || fitted[0]?.length !== columns.length) {
    throw new Error('the value has another size than the columns');
  }
  chosen.forEach((row, r) => {
    columns.forEach((column, c) => {
      const entries = table[row - 1];
      if (entries?.[column - 1] === undefined) throw new Error(`an index lies outside ${name}`);
      entries[column - 1] = fitted[r]?.[c] ?? NaN;
    });
  });
}

export function refuse(problem: string, cause?: unknown): GridwireError {
  return new GridwireError('NETWORK_INVALID', `The MATPOWER case is not usable: ${problem}.`, {
    cause,
    details: { element: 'case file', problem },
  });
}
