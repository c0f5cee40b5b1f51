import type { Token } from './lexer.js';
import type { Expression } from './syntax.js';

/** Deep enough for any formula, shallow enough for the call stack. */
export const MAXIMUM_DEPTH = 60;

/** Operators from the loosest to the tightest; those of a level are applied from left to right. */
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['&'],
  ['==', '~=', '!=', '<', '<=', '>', '>='],
  [':'],
  ['+', '-'],
  ['*', '/', '.*', './'],
];

/** Reads expressions off a list of tokens; one method per kind of thing. */
export class ExpressionParser {
  protected next = 0;
  /** How many brackets enclose the place: blanks separate entries within the innermost `[`. */
  private entries = false;
  private depth = 0;

  constructor(protected readonly tokens: readonly Token[]) {}

  protected expression(level = 0): Expression {
    const operators = LEVELS[level];
    if (operators === undefined) return this.signed();
    if (operators[0] === ':') return this.range(level);
    let left = this.expression(level + 1);
    while (this.peek().kind === 'mark' && operators.includes(this.peek().text) && !this.opensEntry()) {
      const operator = this.take().text;
      left = { kind: 'two-sided', operator, left, right: this.expression(level + 1) };
    }
    return left;
  }

  private range(level: number): Expression {
    const from = this.expression(level + 1);
    if (!this.is(':')) return from;
    this.take();
    const second = this.expression(level + 1);
    if (!this.is(':')) return { kind: 'range', from, to: second };
    this.take();
    return { kind: 'range', from, step: second, to: this.expression(level + 1) };
  }

  /** `[1 -2]` holds two entries: a sign after a blank and before none begins a new one. */
  private opensEntry(): boolean {
    const { text, spaceBefore, spaceAfter } = this.peek();
    return this.entries && (text === '+' || text === '-') && spaceBefore && !spaceAfter;
  }

  private signed(): Expression {
    return this.deeper(() => {
      const { kind, text } = this.peek();
      if (kind === 'mark' && (text === '-' || text === '+' || text === '~' || text === '!')) {
        this.take();
        return { kind: 'one-sided', operator: text === '!' ? '~' : text, operand: this.signed() };
      }
      return this.power();
    });
  }

  private power(): Expression {
    let base = this.postfixed();
    while (this.is('^') || this.is('.^')) {
      this.take();
      const sign = this.is('-') || this.is('+') ? this.take().text : undefined;
      const exponent = this.postfixed();
      const right: Expression =
        sign === undefined ? exponent : { kind: 'one-sided', operator: sign, operand: exponent };
      base = { kind: 'two-sided', operator: '.^', left: base, right };
    }
    return base;
  }

  private postfixed(): Expression {
    let value = this.value();
    while ((this.is("'") || this.is(".'")) && !(this.entries && this.peek().spaceBefore)) {
      this.take();
      value = { kind: 'one-sided', operator: "'", operand: value };
    }
    return value;
  }

  private value(): Expression {
    const token = this.take();
    if (token.kind === 'number') return { kind: 'table', rows: [[token.value ?? NaN]] };
    if (token.kind === 'table') return { kind: 'table', rows: token.rows ?? [] };
    if (token.kind === 'text') return { kind: 'text', text: token.text };
    if (token.kind === 'name') return this.named(token.text);
    if (token.text === '(') {
      const inner = this.within(false, () => this.expression());
      this.expect(')');
      return inner;
    }
    if (token.text === '[') return this.rows();
    if (token.text === '{}') return { kind: 'cell' };
    throw this.unexpected(token);
  }

  private named(name: string): Expression {
    if (name === 'end') return { kind: 'end' };
    if (!this.is('(') || (this.entries && this.peek().spaceBefore)) return { kind: 'name', name };
    return { kind: 'call', name, given: this.places() };
  }

  /** What stands in parentheses after a name: places of a table, or what a function is given. */
  protected places(): Expression[] {
    this.expect('(');
    const given = this.within(false, () => {
      const found: Expression[] = [];
      while (!this.is(')')) {
        if (this.is(':') && [',', ')'].includes(this.tokens[this.next + 1]?.text ?? '')) {
          this.take();
          found.push({ kind: 'all' });
        } else found.push(this.expression());
        if (!this.is(')')) this.expect(',');
      }
      return found;
    });
    this.expect(')');
    return given;
  }

  /** Entries are separated by blanks or commas, rows by semicolons or line ends. */
  private rows(): Expression {
    const rows = this.within(true, () => {
      const found: Expression[][] = [[]];
      while (!this.is(']')) {
        const { kind, text } = this.peek();
        if (kind === 'end-of-file') throw this.unexpected(this.peek());
        if (kind === 'end-of-line' || text === ';') {
          this.take();
          found.push([]);
        } else if (text === ',') this.take();
        else found[found.length - 1]?.push(this.expression());
      }
      return found.filter((row) => row.length > 0);
    });
    this.expect(']');
    return { kind: 'rows', rows };
  }

  private within<T>(entries: boolean, read: () => T): T {
    const outer = this.entries;
    this.entries = entries;
    const found = this.deeper(read);
    this.entries = outer;
    return found;
  }

  protected deeper<T>(read: () => T): T {
    if (++this.depth > MAXIMUM_DEPTH) throw new Error(`line ${this.peek().line}: it is nested too deeply`);
    const found = read();
    this.depth--;
    return found;
  }

  protected is(text: string): boolean {
    const token = this.peek();
    return token.kind === 'mark' && token.text === text;
  }

  protected peek(): Token {
    return this.tokens[Math.min(this.next, this.tokens.length - 1)] as Token;
  }

  protected take(): Token {
    const token = this.peek();
    this.next++;
    return token;
  }

  protected expect(text: string): void {
    if (!this.is(text)) throw this.unexpected(this.peek(), text);
    this.take();
  }

  protected unexpected({ kind, text, line }: Token, instead?: string): Error {
    const found =
      kind === 'end-of-file'
        ? 'the end of the file'
        : kind === 'end-of-line'
          ? 'the end of the line'
          : `"${text.slice(0, 40)}"`;
    const wanted = instead === undefined ? '' : `; "${instead}" is missing`;
    return new Error(`line ${line}: ${found} is not expected there${wanted}`);
  }
}
