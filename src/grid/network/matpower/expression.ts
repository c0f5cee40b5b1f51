import { asScalar, combine, scalar, select, type Matrix } from './matrix.js';

/**
 * Evaluates the arithmetic that MATPOWER case files contain. Only numbers, known names, indexing and the functions
 * below exist: nothing of the file is ever executed as code.
 */

/** Values by name: variables, column names, and the tables under their full name (`mpc.bus`). */
export type Variables = ReadonlyMap<string, Matrix>;

const FUNCTIONS: Readonly<Record<string, (value: number) => number>> = {
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
};

const CONSTANTS: Readonly<Record<string, number>> = { pi: Math.PI, Inf: Infinity, inf: Infinity, NaN: NaN };

const OPERATIONS: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '^': (a, b) => a ** b,
};

const TOKEN =
  /\s*(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|[A-Za-z]\w*(?:\.\w+)*|\.[*/^]|[-+*/^()[\],:])/y;

/** Deep enough for any formula, shallow enough for the call stack. */
const MAXIMUM_DEPTH = 50;

/**
 * @throws Error with a short description of what is not understood
 */
export function evaluate(text: string, variables: Variables): Matrix {
  const reader = new Reader(text, variables);
  const value = reader.sum(0);
  reader.expectEnd();
  return value;
}

/** The places that an index means: `:`, a number, a range `2:4`, a list; counted from 1. */
export function evaluateIndices(text: string, length: number, variables: Variables): number[] {
  const reader = new Reader(text, variables);
  const indices = reader.indices(length, 0);
  reader.expectEnd();
  return indices;
}

/** Longest range; no table has more rows. */
const MAXIMUM_RANGE = 1_000_000;

/** Recursive descent: sum, product, power, then a single value. One method per level of precedence. */
class Reader {
  private readonly tokens: string[] = [];
  private next = 0;

  constructor(
    text: string,
    private readonly variables: Variables,
  ) {
    const trimmed = text.trimEnd();
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < trimmed.length) {
      const at = TOKEN.lastIndex;
      const match = TOKEN.exec(trimmed);
      if (match?.[1] === undefined)
        throw new Error(`"${trimmed.slice(at, at + 20).trim()}" is not understood`);
      this.tokens.push(match[1]);
    }
  }

  expectEnd(): void {
    if (this.next < this.tokens.length) throw new Error(`"${this.peek()}" is not expected there`);
  }

  sum(depth: number): Matrix {
    if (depth > MAXIMUM_DEPTH) throw new Error('the formula is nested too deeply');
    let value = this.product(depth);
    while (this.peek() === '+' || this.peek() === '-') {
      value = this.apply(this.take(), value, this.product(depth));
    }
    return value;
  }

  private product(depth: number): Matrix {
    let value = this.signed(depth);
    while (/^\.?[*/]$/.test(this.peek())) {
      const operator = this.take();
      const right = this.signed(depth);
      const factor = operator === '*' ? (asScalar(value) ?? asScalar(right)) : asScalar(right);
      if (!operator.startsWith('.') && factor === undefined)
        throw new Error('matrix products are not supported');
      value = this.apply(operator.replace('.', ''), value, right);
    }
    return value;
  }

  private signed(depth: number): Matrix {
    if (depth > MAXIMUM_DEPTH) throw new Error('the formula is nested too deeply');
    if (this.peek() === '-') {
      this.take();
      return this.apply('-', scalar(0), this.signed(depth + 1));
    }
    if (this.peek() === '+') {
      this.take();
      return this.signed(depth + 1);
    }
    return this.power(depth);
  }

  private power(depth: number): Matrix {
    const base = this.value(depth);
    if (this.peek() !== '^' && this.peek() !== '.^') return base;
    this.take();
    return this.apply('^', base, this.signed(depth + 1));
  }

  private value(depth: number): Matrix {
    const token = this.take();
    if (/^[\d.]/.test(token)) return scalar(Number(token));
    if (token === '(') {
      const inner = this.sum(depth + 1);
      this.expect(')');
      return inner;
    }
    if (token === '[') return this.row(depth + 1);
    if (!/^[A-Za-z]/.test(token)) throw new Error(`"${token || 'the end'}" is not expected there`);
    const known = this.variables.get(token);
    if (known !== undefined) return this.peek() === '(' ? this.indexed(token, known, depth + 1) : known;
    const constant = Object.hasOwn(CONSTANTS, token) ? CONSTANTS[token] : undefined;
    if (constant !== undefined) return scalar(constant);
    const call = Object.hasOwn(FUNCTIONS, token) ? FUNCTIONS[token] : undefined;
    if (call === undefined) throw new Error(`"${token}" is not known`);
    this.expect('(');
    const argument = this.sum(depth + 1);
    this.expect(')');
    return argument.map((entries) => entries.map(call));
  }

  private row(depth: number): Matrix {
    const entries: number[] = [];
    while (this.peek() !== ']') {
      entries.push(...this.sum(depth).flat());
      if (this.peek() === ',') this.take();
    }
    this.take();
    return [entries];
  }

  private indexed(name: string, matrix: Matrix, depth: number): Matrix {
    this.expect('(');
    const rows = this.indices(matrix.length, depth);
    this.expect(',');
    const columns = this.indices(matrix[0]?.length ?? 0, depth);
    this.expect(')');
    const selected = select(matrix, rows, columns);
    if (selected === undefined) throw new Error(`an index lies outside ${name}`);
    return selected;
  }

  indices(length: number, depth: number): number[] {
    if (this.peek() === ':') {
      this.take();
      return Array.from({ length }, (_, index) => index + 1);
    }
    const first = this.index(length, depth);
    if (this.peek() !== ':') return first;
    this.take();
    const [from = NaN] = first;
    const [to = NaN] = this.index(length, depth);
    const count = to - from + 1;
    if (!(count >= 0 && count <= MAXIMUM_RANGE)) throw new Error('a range cannot be used');
    return Array.from({ length: Math.floor(count) }, (_, index) => from + index);
  }

  private index(length: number, depth: number): number[] {
    if (this.peek() !== 'end') return this.sum(depth).flat();
    this.take();
    return [length];
  }

  private apply(operator: string, left: Matrix, right: Matrix): Matrix {
    const operation = OPERATIONS[operator];
    const result = operation && combine(left, right, operation);
    if (result === undefined) throw new Error(`the sizes on both sides of "${operator}" do not fit`);
    return result;
  }

  private peek(): string {
    return this.tokens[this.next] ?? '';
  }

  private take(): string {
    return this.tokens[this.next++] ?? '';
  }

  private expect(token: string): void {
    if (this.take() !== token) throw new Error(`"${token}" is missing`);
  }
}
