import { GridwireError } from '../../../errors.js';
import { Budget } from './budget.js';
import { COLUMN_NAMES } from './columns.js';
import { Evaluator, UnevenTable } from './evaluate.js';
import { Lexer } from './lexer.js';
import { asScalar, countOf, scalar, transpose, widthOf, type Matrix, type Value } from './matrix.js';
import { StatementParser } from './statements.js';
import type { Expression, Statement, Target } from './syntax.js';

/** Longest case file that is read; the largest public one has 42 MB. */
export const MAXIMUM_CASE_LENGTH = 64 * 1024 * 1024;

/** What to do about a file that is more of a program than this reads. */
const REMEDY =
  "this reads assignments, formulas, if, for and while; let MATPOWER work the case out, savecase('plain.m', loadcase('…')), and give it plain.m";

/** The same about a file of another kind. */
const FOREIGN =
  'it does not look like a MATPOWER case, because baseMVA does not occur in it; MATPOWER cases and what pandapower.to_json writes are read';

/** What a case file leaves behind: its variables by full name, and how its function introduces itself. */
export interface CaseFile {
  variables: ReadonlyMap<string, Value>;
  name: string | undefined;
  outputs: readonly string[];
}

/**
 * Reads a MATPOWER case file: assignments of numbers, tables and formulas to variables, rows and columns, conditions
 * and loops. What is not understood is refused: to skip a conversion would give a network that is wrong in silence.
 *
 * @throws GridwireError NETWORK_INVALID naming the line and what is not understood there
 */
export function runCaseFile(text: string): CaseFile {
  if (text.length > MAXIMUM_CASE_LENGTH) {
    throw refuse(`the file is longer than ${MAXIMUM_CASE_LENGTH / 1024 / 1024} MB`);
  }
  try {
    const statements = new StatementParser(new Lexer(text.replace(/\r\n?/g, '\n')).read()).read();
    return new Runner(new Budget(text.length)).run(statements);
  } catch (error) {
    if (error instanceof GridwireError) throw error;
    throw refuse(withRemedy(error as Error, text), error);
  }
}

function withRemedy(error: Error, text: string): string {
  const { message, cause } = error;
  if (!text.includes('baseMVA')) return `${message}; ${FOREIGN}`;
  return error instanceof UnevenTable || cause instanceof UnevenTable ? message : `${message}; ${REMEDY}`;
}

export function refuse(problem: string, cause?: unknown): GridwireError {
  return new GridwireError('NETWORK_INVALID', `The MATPOWER case is not usable: ${problem}.`, {
    cause,
    details: { element: 'case file', problem },
  });
}

/** Calls that only show something. */
const SHOWS = new Set(['disp', 'display', 'fprintf', 'printf', 'warning']);

type Leave = 'break' | 'continue' | 'return' | undefined;

class Runner {
  private readonly variables = new Map<string, Value>();
  private readonly evaluator: Evaluator;
  private name: string | undefined;
  private outputs: readonly string[] = [];

  constructor(private readonly budget: Budget) {
    this.evaluator = new Evaluator(this.variables, budget);
  }

  run(statements: readonly Statement[]): CaseFile {
    this.all(statements);
    return { variables: this.variables, name: this.name, outputs: this.outputs };
  }

  private all(statements: readonly Statement[]): Leave {
    for (const statement of statements) {
      const leave = this.guarded(statement);
      if (leave !== undefined) return leave;
    }
    return undefined;
  }

  private guarded(statement: Statement): Leave {
    try {
      this.budget.spendStep();
      return this.one(statement);
    } catch (error) {
      if (!(error instanceof Error) || /^line \d+: /.test(error.message)) throw error;
      // A chain of a hundred thousand operations is a nest of as many.
      const problem = /call stack/.test(error.message) ? 'it is nested too deeply' : error.message;
      throw new Error(`line ${statement.line}: ${problem}`, { cause: error });
    }
  }

  private one(statement: Statement): Leave {
    switch (statement.kind) {
      case 'function':
        if (this.name !== undefined) throw new Error("functions of the file's own are not supported");
        this.name = statement.name;
        this.outputs = statement.outputs;
        return undefined;
      case 'leave':
        return statement.how;
      case 'assign':
        this.assign(statement.targets, statement.value);
        return undefined;
      case 'call':
        this.call(statement.value);
        return undefined;
      case 'if': {
        const chosen = statement.branches.find(({ condition }) => this.evaluator.holds(condition));
        return this.all(chosen?.body ?? statement.otherwise);
      }
      case 'for':
      case 'while':
        return this.loop(statement);
    }
  }

  private loop(statement: Statement & { kind: 'for' | 'while' }): Leave {
    const turns: Iterable<Matrix | undefined> =
      statement.kind === 'for'
        ? transpose(this.evaluator.matrix(statement.values)).map((column) => column.map((one) => [one]))
        : forever();
    for (const column of turns) {
      this.budget.spendStep();
      if (statement.kind === 'for') this.variables.set(statement.name, { matrix: column ?? [] });
      else if (!this.evaluator.holds(statement.condition)) return undefined;
      const leave = this.all(statement.body);
      if (leave === 'break') return undefined;
      if (leave === 'return') return leave;
    }
    return undefined;
  }

  /** A call for its effect: only MATPOWER's way to name all columns has one that matters. */
  private call(expression: Expression): void {
    if (expression.kind === 'name' && expression.name === 'define_constants') {
      for (const columns of Object.values(COLUMN_NAMES)) {
        for (const [name, column] of Object.entries(columns))
          this.variables.set(name, { matrix: scalar(column) });
      }
      return;
    }
    // What is only shown changes nothing.
    if (expression.kind === 'call' && SHOWS.has(expression.name)) return;
    this.evaluator.value(expression);
  }

  private assign(targets: readonly (Target | undefined)[], value: Expression): void {
    const [first] = targets;
    const columns =
      value.kind === 'name' && Object.hasOwn(COLUMN_NAMES, value.name) ? COLUMN_NAMES[value.name] : undefined;
    if (columns !== undefined && !this.variables.has((value as { name: string }).name)) {
      const numbers = Object.values(columns);
      if (targets.length > numbers.length) throw new Error('more names than the function returns');
      targets.forEach((target, at) => {
        this.set(target, { matrix: scalar(numbers[at] ?? NaN) });
      });
      return;
    }
    if (targets.length === 1) {
      const isTakenOut = value.kind === 'table' && value.rows.length === 0;
      this.set(first, this.evaluator.value(value), isTakenOut);
      return;
    }
    if (value.kind !== 'call' || value.name !== 'size' || targets.length !== 2) {
      throw new Error('several results at once are supported of size and of the functions that name columns');
    }
    const [sizes = []] = this.evaluator.matrix(value);
    targets.forEach((target, at) => {
      this.set(target, { matrix: scalar(sizes[at] ?? 1) });
    });
  }

  private set(target: Target | undefined, value: Value, isTakenOut = false): void {
    if (target === undefined) return;
    const { name, places } = target;
    if (places === undefined) {
      // A table is copied, because parts of it may be assigned to later.
      if ('matrix' in value) this.budget.spendCells(countOf(value.matrix));
      this.variables.set(
        name,
        'matrix' in value ? { ...value, matrix: value.matrix.map((row) => [...row]) } : value,
      );
      return;
    }
    const known = this.variables.get(name);
    if (known === undefined || !('matrix' in known))
      throw new Error(`${name} is not a table that rows and columns belong to`);
    if (!('matrix' in value)) throw new Error(`${name} holds numbers only`);
    this.fill(name, known.matrix, places, value.matrix, isTakenOut);
  }

  /** Assigning to rows or columns beyond the last adds them; what is not assigned to is zero. */
  private grow(name: string, table: Matrix, rows: readonly number[], columns: readonly number[]): void {
    const most = (places: readonly number[]): number => places.reduce((a, b) => Math.max(a, b), 0);
    const [height, width] = [Math.max(table.length, most(rows)), Math.max(widthOf(table), most(columns))];
    if (height === table.length && width === widthOf(table)) return;
    if (!Number.isInteger(height) || !Number.isInteger(width))
      throw new Error(`an index lies outside ${name}`);
    this.budget.spendCells(height * width);
    for (const row of table) while (row.length < width) row.push(0);
    while (table.length < height) table.push(new Array<number>(width).fill(0));
  }

  private fill(
    name: string,
    table: Matrix,
    places: readonly Expression[],
    value: Matrix,
    isTakenOut: boolean,
  ): void {
    const [first, second] = places;
    if (first === undefined || places.length > 2) throw new Error('an assignment names rows and columns');
    if (second === undefined && table.length > 1 && widthOf(table) > 1) {
      throw new Error(`an assignment to ${name} names rows and columns`);
    }
    const single = second === undefined;
    const asRow = single && table.length === 1;
    const rows = asRow ? [1] : this.evaluator.places(first, table.length);
    const columns = asRow
      ? this.evaluator.places(first, widthOf(table))
      : single
        ? [1]
        : this.evaluator.places(second, widthOf(table));
    if (isTakenOut) {
      takeOut(name, table, places, rows, columns);
      return;
    }
    if (rows.length * columns.length === 0) return;
    if (countOf(value) === 0) throw new Error(`nothing is assigned to rows and columns of ${name}`);
    this.budget.spendCells(rows.length * columns.length);
    this.grow(name, table, rows, columns);
    const one = asScalar(value);
    const turned =
      single && value.length === columns.length && widthOf(value) === rows.length ? transpose(value) : value;
    if (one === undefined && (turned.length !== rows.length || widthOf(turned) !== columns.length)) {
      throw new Error('the value has another size than the rows and columns that it is assigned to');
    }
    rows.forEach((row, r) => {
      columns.forEach((column, c) => {
        const entries = table[row - 1];
        if (entries?.[column - 1] === undefined) throw new Error(`an index lies outside ${name}`);
        entries[column - 1] = one ?? turned[r]?.[c] ?? NaN;
      });
    });
  }
}

/** `t(rows, :) = []` takes rows out, `t(:, columns) = []` columns. */
function takeOut(
  name: string,
  table: Matrix,
  places: readonly Expression[],
  rows: readonly number[],
  columns: readonly number[],
): void {
  const [first, second] = places;
  if (second === undefined || (first?.kind !== 'all' && second.kind !== 'all'))
    throw new Error(`of ${name} only whole rows or whole columns can be taken out`);
  const [gone, length] = second.kind === 'all' ? [rows, table.length] : [columns, widthOf(table)];
  if (gone.some((place) => !(Number.isInteger(place) && place >= 1 && place <= length)))
    throw new Error(`an index lies outside ${name}`);
  const lost = new Set(gone);
  const keeps = (_: unknown, at: number): boolean => !lost.has(at + 1);
  const left = second.kind === 'all' ? table.filter(keeps) : table.map((row) => row.filter(keeps));
  table.length = 0;
  for (const row of left) table.push(row);
}

function* forever(): Generator<undefined> {
  for (;;) yield undefined;
}
