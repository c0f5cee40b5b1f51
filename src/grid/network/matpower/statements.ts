import { ExpressionParser } from './parser.js';
import type { Expression, Statement, Target } from './syntax.js';

/** Words of MATLAB and Octave that begin a statement which is not known here. */
const OTHER_STATEMENTS = new Set(
  'switch try parfor do unwind_protect global persistent classdef spmd import'.split(' '),
);

/** Marks that Octave joins with `=`. */
const JOINED = new Set(['+', '-', '*', '/', '^', '|', '&', '.*', './', '.^']);

/** Reads the statements of a case file: assignments, conditions, loops, the head of the function. */
export class StatementParser extends ExpressionParser {
  read(): Statement[] {
    const found: Statement[] = [];
    this.skipEnds();
    while (this.peek().kind !== 'end-of-file') {
      // The `end` of the function itself.
      if (this.isWord('end', 'endfunction')) this.take();
      else found.push(this.statement());
      this.skipEnds();
    }
    return found;
  }

  private statement(): Statement {
    return this.deeper(() => {
      const { line, text, kind } = this.peek();
      if (kind !== 'name') return { line, ...this.assignmentOrCall() };
      if (OTHER_STATEMENTS.has(text) && this.tokens[this.next + 1]?.text !== '=') {
        throw new Error(`line ${line}: "${text}" is not supported`);
      }
      if (text === 'function') return { line, ...this.functionHead() };
      if (text === 'if') return { line, ...this.condition() };
      if (text === 'for' || text === 'while') return { line, ...this.loop() };
      if (text === 'break' || text === 'continue' || text === 'return') {
        this.take();
        return { line, kind: 'leave', how: text };
      }
      return { line, ...this.assignmentOrCall() };
    });
  }

  private functionHead(): Pick<Statement & { kind: 'function' }, 'kind' | 'name' | 'outputs'> {
    this.take();
    const words: string[] = [];
    let equals = -1;
    while (this.peek().kind !== 'end-of-line' && !this.is(';')) {
      const token = this.take();
      if (token.text === '=') equals = words.length;
      if (token.kind === 'name') words.push(token.text);
    }
    return {
      kind: 'function',
      name: words[Math.max(equals, 0)] ?? '',
      outputs: words.slice(0, Math.max(equals, 0)),
    };
  }

  private condition(): Pick<Statement & { kind: 'if' }, 'kind' | 'branches' | 'otherwise'> {
    const branches: { condition: Expression; body: Statement[] }[] = [];
    let otherwise: Statement[] = [];
    do {
      this.take();
      const condition = this.expression();
      branches.push({ condition, body: this.body('elseif', 'else', 'end', 'endif') });
    } while (this.isWord('elseif'));
    if (this.isWord('else')) {
      this.take();
      otherwise = this.body('end', 'endif');
    }
    this.take();
    return { kind: 'if', branches, otherwise };
  }

  private loop():
    | Pick<Statement & { kind: 'for' }, 'kind' | 'name' | 'values' | 'body'>
    | Pick<Statement & { kind: 'while' }, 'kind' | 'condition' | 'body'> {
    const word = this.take().text;
    if (word === 'while') {
      const condition = this.expression();
      const body = this.body('end', 'endwhile');
      this.take();
      return { kind: 'while', condition, body };
    }
    const bracketed = this.is('(');
    if (bracketed) this.take();
    const name = this.take();
    if (name.kind !== 'name') throw this.unexpected(name);
    this.expect('=');
    const values = this.expression();
    if (bracketed) this.expect(')');
    const body = this.body('end', 'endfor');
    this.take();
    return { kind: 'for', name: name.text, values, body };
  }

  /** Statements up to one of the words, which is left for the caller. */
  private body(...last: string[]): Statement[] {
    const found: Statement[] = [];
    this.skipEnds();
    while (!this.isWord(...last)) {
      if (this.peek().kind === 'end-of-file') throw this.unexpected(this.peek(), 'end');
      found.push(this.statement());
      this.skipEnds();
    }
    return found;
  }

  private assignmentOrCall():
    | Pick<Statement & { kind: 'assign' }, 'kind' | 'targets' | 'value'>
    | Pick<Statement & { kind: 'call' }, 'kind' | 'value'> {
    const start = this.next;
    const targets = this.targets();
    if (targets !== undefined && this.is('=')) {
      this.take();
      const value = this.expression();
      this.expectEnd();
      return { kind: 'assign', targets, value };
    }
    const joined = this.tokens[this.next];
    const next = this.tokens[this.next + 1];
    if (targets !== undefined && joined?.kind === 'mark' && JOINED.has(joined.text) && next?.text === '=') {
      throw new Error(`line ${joined.line}: "${joined.text}=" is not supported`);
    }
    this.next = start;
    const value = this.expression();
    this.expectEnd();
    return { kind: 'call', value };
  }

  /** What may stand left of `=`; undefined where it does not look like that. */
  private targets(): (Target | undefined)[] | undefined {
    if (this.peek().kind === 'name') return [this.target()];
    if (!this.is('[')) return undefined;
    this.take();
    const found: (Target | undefined)[] = [];
    while (!this.is(']')) {
      const { kind, text } = this.peek();
      if (kind === 'name') found.push(this.target());
      else if (text === '~') {
        this.take();
        found.push(undefined);
      } else if (text === ',') this.take();
      else return undefined;
    }
    this.take();
    return found;
  }

  private target(): Target {
    const name = this.take().text;
    return this.is('(') ? { name, places: this.places() } : { name };
  }

  private isWord(...words: string[]): boolean {
    const { kind, text } = this.peek();
    return kind === 'name' && words.includes(text);
  }

  private skipEnds(): void {
    while (this.peek().kind === 'end-of-line' || this.is(';') || this.is(',')) this.take();
  }

  private expectEnd(): void {
    const { kind } = this.peek();
    if (kind !== 'end-of-line' && kind !== 'end-of-file' && !this.is(';') && !this.is(',')) {
      throw this.unexpected(this.peek());
    }
  }
}
