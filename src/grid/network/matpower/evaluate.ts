import type { Budget } from './budget.js';
import { callFunction, cellsMade, givesTruth } from './functions.js';
import {
  asScalar,
  byColumns,
  combine,
  combinedSize,
  countOf,
  scalar,
  select,
  transpose,
  widthOf,
  type Matrix,
  type Value,
} from './matrix.js';
import type { Expression } from './syntax.js';

const CONSTANTS: Readonly<Record<string, number>> = {
  ...{ pi: Math.PI, Inf: Infinity, inf: Infinity, NaN, nan: NaN, eps: Number.EPSILON, true: 1, false: 0 },
  // A case file is loaded by its name: nothing is given to it, one thing is wanted of it.
  ...{ nargin: 0, nargout: 1 },
};

const truth = (value: boolean): number => (value ? 1 : 0);

const OPERATIONS: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '^': (a, b) => a ** b,
  '==': (a, b) => truth(a === b),
  '~=': (a, b) => truth(a !== b),
  '!=': (a, b) => truth(a !== b),
  '<': (a, b) => truth(a < b),
  '<=': (a, b) => truth(a <= b),
  '>': (a, b) => truth(a > b),
  '>=': (a, b) => truth(a >= b),
  '&': (a, b) => truth(a !== 0 && b !== 0),
  '|': (a, b) => truth(a !== 0 || b !== 0),
};

const TRUTH_OPERATORS = new Set(['==', '~=', '!=', '<', '<=', '>', '>=', '&', '|', '&&', '||']);

/** Works formulas out. Only numbers, known names and the functions of `functions.ts` exist: nothing is executed. */
export class Evaluator {
  constructor(
    private readonly variables: ReadonlyMap<string, Value>,
    private readonly budget: Budget,
  ) {}

  /** @throws Error with a short description of what is not understood */
  matrix(expression: Expression, end?: number): Matrix {
    const value = this.value(expression, end);
    if ('matrix' in value) return value.matrix;
    throw new Error('a table of numbers is needed where a text or a cell array stands');
  }

  value(expression: Expression, end?: number): Value {
    this.budget.spendStep();
    switch (expression.kind) {
      case 'table':
        return { matrix: checkedRows(expression.rows) };
      case 'text':
        return { text: expression.text };
      case 'cell':
        return { other: true };
      case 'rows':
        return this.rows(expression.rows, end);
      case 'name':
        return this.named(expression.name);
      case 'call':
        return this.called(expression.name, expression.given, end);
      case 'all':
        throw new Error('":" stands for all rows or columns only within the parentheses of a table');
      case 'end':
        if (end === undefined) throw new Error('"end" has no meaning there');
        return { matrix: scalar(end) };
      case 'range':
        return { matrix: [this.range(expression, end)] };
      case 'one-sided':
        return this.oneSided(expression.operator, this.value(expression.operand, end));
      case 'two-sided':
        return { matrix: this.twoSided(expression, end), logical: TRUTH_OPERATORS.has(expression.operator) };
    }
  }

  /** True where the condition of an `if` holds: everything in it differs from zero. */
  holds(condition: Expression): boolean {
    const entries = this.matrix(condition).flat();
    return entries.length > 0 && entries.every((entry) => entry !== 0);
  }

  /** The places, counted from 1, that an index means in a table of the length given; a mask counts as in MATLAB. */
  places(index: Expression, length: number): number[] {
    if (index.kind === 'all') {
      this.budget.spendCells(length);
      return Array.from({ length }, (_, place) => place + 1);
    }
    const value = this.value(index, length);
    if (!('matrix' in value)) throw new Error('rows and columns are named by numbers');
    const entries = byColumns(value.matrix);
    return value.logical === true ? entries.flatMap((one, place) => (one === 0 ? [] : place + 1)) : entries;
  }

  private named(name: string): Value {
    const known = this.variables.get(name);
    if (known !== undefined) return known;
    const constant = Object.hasOwn(CONSTANTS, name) ? CONSTANTS[name] : undefined;
    if (constant === undefined) throw new Error(`"${name}" is not known`);
    return { matrix: scalar(constant), logical: name === 'true' || name === 'false' };
  }

  private called(name: string, given: readonly Expression[], end: number | undefined): Value {
    const known = this.variables.get(name);
    if (known !== undefined) {
      if (!('matrix' in known)) throw new Error(`${name} is not a table of numbers`);
      return { ...known, matrix: this.indexed(name, known.matrix, given) };
    }
    if (name === 'isfield') return this.isField(given);
    const values = given.map((one) => this.matrix(one, end));
    this.budget.spendCells(cellsMade(name, values) + values.reduce((sum, value) => sum + countOf(value), 0));
    const result = callFunction(name, values);
    if (result === undefined) throw new Error(`"${name}" is not known, or not with what it is given`);
    return { matrix: result, logical: givesTruth(name) };
  }

  private isField(given: readonly Expression[]): Value {
    const [record, field] = given;
    const name = field === undefined ? { other: true } : this.value(field);
    if (record?.kind !== 'name' || !('text' in name)) throw new Error('isfield needs a record and a name');
    const full = `${record.name}.${name.text}`;
    const found = [...this.variables.keys()].some((one) => one === full || one.startsWith(`${full}.`));
    return { matrix: scalar(truth(found)), logical: true };
  }

  private indexed(name: string, matrix: Matrix, given: readonly Expression[]): Matrix {
    const [first, second] = given;
    if (first === undefined) return matrix;
    if (given.length > 2) throw new Error(`${name} has rows and columns, and nothing beyond`);
    if (second === undefined) return this.linear(name, matrix, first);
    const rows = this.places(first, matrix.length);
    const columns = this.places(second, widthOf(matrix));
    this.budget.spendCells(rows.length * columns.length);
    const selected = select(matrix, rows, columns);
    if (selected === undefined) throw new Error(`an index lies outside ${name}`);
    return selected;
  }

  /** One index counts column by column. */
  private linear(name: string, matrix: Matrix, index: Expression): Matrix {
    const entries = byColumns(matrix);
    this.budget.spendCells(entries.length);
    const places = this.places(index, entries.length);
    const picked = places.map((place) => entries[place - 1]);
    if (picked.includes(undefined)) throw new Error(`an index lies outside ${name}`);
    return matrix.length === 1 ? [picked as number[]] : (picked as number[]).map((entry) => [entry]);
  }

  private range(expression: Expression & { kind: 'range' }, end: number | undefined): number[] {
    const number = (one: Expression): number => asScalar(this.matrix(one, end)) ?? NaN;
    const [from, to] = [number(expression.from), number(expression.to)];
    const step = expression.step === undefined ? 1 : number(expression.step);
    const count = Math.floor((to - from) / step + 1e-10) + 1;
    if (Number.isNaN(count)) throw new Error('a range needs numbers');
    this.budget.spendCells(Math.max(0, count));
    return Array.from({ length: Math.max(0, count) }, (_, place) => from + place * step);
  }

  private rows(rows: readonly (readonly Expression[])[], end: number | undefined): Value {
    const values = rows.map((row) => row.map((one) => this.entry(one, end)));
    const logical = values.flat().every((value) => value.logical === true);
    const blocks = values.map((row) => row.map(({ matrix }) => matrix).filter((one) => countOf(one) > 0));
    const matrix = blocks.flatMap((row) => {
      const height = row[0]?.length ?? 0;
      if (row.some((one) => one.length !== height))
        throw new Error('blocks beside each other differ in height');
      this.budget.spendCells(row.reduce((sum, one) => sum + countOf(one), 0));
      return Array.from({ length: height }, (_, at) => row.flatMap((one) => one[at] ?? []));
    });
    return { matrix: checkedRows(matrix), logical: logical && countOf(matrix) > 0 };
  }

  private entry(expression: Expression, end: number | undefined): { matrix: Matrix; logical?: boolean } {
    const value = this.value(expression, end);
    if (!('matrix' in value)) throw new Error('a table holds numbers only');
    return value;
  }

  private oneSided(operator: string, value: Value): Value {
    if (!('matrix' in value)) throw new Error(`"${operator}" needs numbers`);
    const { matrix } = value;
    this.budget.spendCells(countOf(matrix));
    if (operator === "'") return { ...value, matrix: transpose(matrix) };
    if (operator === '~')
      return { matrix: matrix.map((row) => row.map((one) => truth(one === 0))), logical: true };
    return { matrix: operator === '-' ? matrix.map((row) => row.map((one) => -one)) : matrix };
  }

  private twoSided(
    { operator, left, right }: Expression & { kind: 'two-sided' },
    end: number | undefined,
  ): Matrix {
    if (operator === '&&' || operator === '||') {
      const first = this.holds(left);
      return scalar(truth(operator === '&&' ? first && this.holds(right) : first || this.holds(right)));
    }
    const [a, b] = [this.matrix(left, end), this.matrix(right, end)];
    if (operator === '*' && asScalar(a) === undefined && asScalar(b) === undefined) return this.product(a, b);
    if (operator === '/' && asScalar(b) === undefined)
      throw new Error('division by a matrix is not supported; "./" divides entries');
    const operation = OPERATIONS[operator.replace('.', '')];
    const size = combinedSize(a, b);
    if (operation === undefined || size === undefined) {
      throw new Error(`the sizes on both sides of "${operator}" do not fit`);
    }
    this.budget.spendCells(size.rows * size.columns);
    return combine(a, b, operation) ?? [];
  }

  private product(a: Matrix, b: Matrix): Matrix {
    if (widthOf(a) !== b.length) throw new Error('the sizes on both sides of "*" do not fit');
    this.budget.spendCells(countOf(a) * widthOf(b));
    const columns = transpose(b);
    return a.map((row) =>
      columns.map((column) => row.reduce((sum, one, at) => sum + one * (column[at] ?? NaN), 0)),
    );
  }
}

/** A table that is wrong in whatever program reads it. */
export class UnevenTable extends Error {}

function checkedRows(rows: Matrix): Matrix {
  const uneven = rows.findIndex((row) => row.length !== widthOf(rows));
  if (uneven >= 0) {
    throw new UnevenTable(
      `its rows differ in length: row ${uneven + 1} has ${rows[uneven]?.length ?? 0} numbers, the first has ${widthOf(rows)}`,
    );
  }
  return rows;
}
