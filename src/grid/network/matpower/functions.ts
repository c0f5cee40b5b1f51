import { byColumns, combine, countOf, scalar, transpose, widthOf, type Matrix } from './matrix.js';

type OfNumber = (value: number) => number;

const OF_NUMBER: Readonly<Record<string, OfNumber>> = {
  sqrt: Math.sqrt,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  abs: Math.abs,
  exp: Math.exp,
  log: Math.log,
  log10: Math.log10,
  floor: Math.floor,
  ceil: Math.ceil,
  fix: Math.trunc,
  sign: Math.sign,
  // Half away from zero.
  round: (value) => Math.sign(value) * Math.round(Math.abs(value)),
  isinf: (value) => Number(value === Infinity || value === -Infinity),
  isnan: (value) => Number(Number.isNaN(value)),
  isfinite: (value) => Number(Number.isFinite(value)),
  deg2rad: (value) => (value * Math.PI) / 180,
  rad2deg: (value) => (value * 180) / Math.PI,
  logical: (value) => Number(value !== 0),
  double: (value) => value,
  full: (value) => value,
};

const OF_TWO: Readonly<Record<string, (a: number, b: number) => number>> = {
  atan2: Math.atan2,
  hypot: Math.hypot,
  power: (a, b) => a ** b,
  mod: (a, b) => (b === 0 ? a : a - Math.floor(a / b) * b),
  rem: (a, b) => (b === 0 ? a : a - Math.trunc(a / b) * b),
  max: (a, b) => (Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.max(a, b)),
  min: (a, b) => (Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.min(a, b)),
};

/** Along each column, or along the only row. */
const OF_COLUMN: Readonly<Record<string, (column: number[]) => number>> = {
  sum: (column) => column.reduce((total, value) => total + value, 0),
  prod: (column) => column.reduce((total, value) => total * value, 1),
  mean: (column) => column.reduce((total, value) => total + value, 0) / column.length,
  max: (column) => column.reduce((most, value) => (value > most || Number.isNaN(most) ? value : most), NaN),
  min: (column) =>
    column.reduce((least, value) => (value < least || Number.isNaN(least) ? value : least), NaN),
  any: (column) => Number(column.some((value) => value !== 0)),
  all: (column) => Number(column.every((value) => value !== 0)),
};

/** Cells that a call makes from nothing, so that they can be counted before they are made. */
export function cellsMade(name: string, given: readonly Matrix[]): number {
  if (name !== 'zeros' && name !== 'ones' && name !== 'repmat') return 0;
  const [first = [[1]], second] = name === 'repmat' ? given.slice(1) : given;
  const sizes = second === undefined ? first.flat() : [...first.flat(), ...second.flat()];
  const times = (sizes[0] ?? 1) * (sizes[1] ?? sizes[0] ?? 1);
  return (name === 'repmat' ? countOf(given[0] ?? []) : 1) * Math.abs(times);
}

const GIVES_TRUTH = new Set(['isinf', 'isnan', 'isfinite', 'logical', 'any', 'all', 'isempty', 'isfield']);

/** Functions whose results are truth values. */
export function givesTruth(name: string): boolean {
  return GIVES_TRUTH.has(name);
}

/** The functions that a case file may call; undefined for any other. */
export function callFunction(name: string, given: readonly Matrix[]): Matrix | undefined {
  const [first, second] = given;
  if (first === undefined) return undefined;
  const one = Object.hasOwn(OF_NUMBER, name) ? OF_NUMBER[name] : undefined;
  if (one !== undefined) return first.map((row) => row.map(one));
  const two = Object.hasOwn(OF_TWO, name) ? OF_TWO[name] : undefined;
  if (two !== undefined && second !== undefined && given.length === 2) return combine(first, second, two);
  const column = Object.hasOwn(OF_COLUMN, name) ? OF_COLUMN[name] : undefined;
  if (column !== undefined && given.length === 1) return along(first, column);
  if ((name === 'sum' || name === 'any' || name === 'all') && given.length === 2 && column !== undefined) {
    return second?.[0]?.[0] === 2 ? first.map((row) => [column(row)]) : along(first, column, true);
  }
  return shapeFunction(name, given);
}

function along(matrix: Matrix, reduce: (column: number[]) => number, columnwise = false): Matrix {
  if (matrix.length === 1 && !columnwise) return scalar(reduce(matrix[0] ?? []));
  return [transpose(matrix).map(reduce)];
}

function shapeFunction(name: string, given: readonly Matrix[]): Matrix | undefined {
  const [first = [], second] = given;
  switch (name) {
    case 'size':
      if (second === undefined) return [[first.length, widthOf(first)]];
      return scalar(second[0]?.[0] === 1 ? first.length : second[0]?.[0] === 2 ? widthOf(first) : 1);
    case 'length':
      return scalar(countOf(first) === 0 ? 0 : Math.max(first.length, widthOf(first)));
    case 'numel':
      return scalar(countOf(first));
    case 'isempty':
      return scalar(Number(countOf(first) === 0));
    case 'find': {
      const places = byColumns(first).flatMap((value, index) => (value === 0 ? [] : index + 1));
      return first.length === 1 ? [places] : places.map((place) => [place]);
    }
    case 'zeros':
    case 'ones': {
      const sizes = second === undefined ? first.flat() : [...first.flat(), ...second.flat()];
      const columns = sizes[1] ?? sizes[0] ?? 1;
      return filled(sizes[0] ?? 1, columns, name === 'ones' ? 1 : 0);
    }
    case 'repmat': {
      const [rows = 1, columns = rows] = given.slice(1).flatMap((one) => one.flat());
      const wide = first.map((row) => Array.from({ length: Math.max(0, columns) }, () => row).flat());
      return Array.from({ length: Math.max(0, rows) }, () => wide.map((row) => [...row])).flat();
    }
    case 'vertcat':
      return given.flatMap((one) => one);
    case 'cumsum': {
      const columns = (first.length === 1 ? first : transpose(first)).map((column) => {
        let total = 0;
        return column.map((value) => (total += value));
      });
      return first.length === 1 ? columns : transpose(columns);
    }
    default:
      return undefined;
  }
}

function filled(rows: number, columns: number, value: number): Matrix {
  return Array.from({ length: Math.max(0, rows) }, () => new Array<number>(Math.max(0, columns)).fill(value));
}
