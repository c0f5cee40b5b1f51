/** What the text of a case file consists of. */
export interface Token {
  kind: 'number' | 'name' | 'text' | 'mark' | 'end-of-line' | 'table' | 'end-of-file';
  /** The name, the characters of a mark, or what stands between the quotes. */
  text: string;
  line: number;
  /** Whether blanks stand before and after: within brackets they separate entries. */
  spaceBefore: boolean;
  spaceAfter: boolean;
  /** Of a number. */
  value?: number;
  /** Of a table written out in plain numbers. */
  rows?: number[][];
}

const MARKS = ['.*', './', '.^', ".'", '==', '~=', '!=', '<=', '>=', '&&', '||'];

/**
 * Cuts the text into tokens in one pass, without looking back: comments, block comments and continuations are taken
 * out, and a table of plain numbers becomes one token.
 *
 * @throws Error naming the line of a character that is not understood
 */
export class Lexer {
  private at = 0;
  private line = 1;
  private depth = 0;
  private readonly tokens: Token[] = [];

  constructor(private readonly text: string) {}

  read(): Token[] {
    while (this.at < this.text.length) this.step();
    this.push('end-of-line', '', false);
    this.push('end-of-file', '', false);
    return this.tokens;
  }

  private step(): void {
    const { text } = this;
    const before = this.at;
    while (isBlank(text.charCodeAt(this.at))) this.at++;
    const spaced = this.at > before;
    const last = this.tokens[this.tokens.length - 1];
    if (spaced && last !== undefined) last.spaceAfter = true;
    const char = text[this.at];
    if (char === undefined) return;
    if (char === '\n') {
      this.push('end-of-line', '\n', spaced);
      this.at++;
      this.line++;
    } else if (char === '%' || char === '#') this.comment();
    else if (text.startsWith('...', this.at)) this.continuation();
    else if (isDigit(char) || (char === '.' && isDigit(text[this.at + 1] ?? ''))) this.number(spaced);
    else if (isLetter(char)) this.name(spaced);
    else if (char === "'" && this.isTranspose(spaced)) this.mark("'", spaced);
    else if (char === "'" || char === '"') this.string(char, spaced);
    else if (char === '[' && this.table(spaced)) return;
    else if (char === '{') this.cell(spaced);
    else this.mark(MARKS.find((one) => text.startsWith(one, this.at)) ?? char, spaced);
  }

  /** To the end of the line; where the line is only `%{`, to its `%}`. */
  private comment(): void {
    if (!this.isBlockMark('{')) {
      this.at = endOfLine(this.text, this.at);
      return;
    }
    const opened = this.line;
    let depth = 0;
    for (;;) {
      if (this.isBlockMark('{')) depth++;
      else if (this.isBlockMark('}')) depth--;
      this.at = endOfLine(this.text, this.at);
      if (depth === 0) return;
      if (this.at >= this.text.length) throw new Error(`line ${opened}: the block comment is not closed`);
      this.at++;
      this.line++;
      while (isBlank(this.text.charCodeAt(this.at))) this.at++;
    }
  }

  /** True where the line holds nothing but `%` and the brace. */
  private isBlockMark(brace: '{' | '}'): boolean {
    const { text, at } = this;
    if ((text[at] !== '%' && text[at] !== '#') || text[at + 1] !== brace) return false;
    for (let back = at - 1; back >= 0 && text[back] !== '\n'; back--) {
      if (!isBlank(text.charCodeAt(back))) return false;
    }
    for (let on = at + 2; on < text.length && text[on] !== '\n'; on++) {
      if (!isBlank(text.charCodeAt(on))) return false;
    }
    return true;
  }

  private continuation(): void {
    this.at = Math.min(this.text.length, endOfLine(this.text, this.at) + 1);
    this.line++;
    const last = this.tokens[this.tokens.length - 1];
    if (last !== undefined) last.spaceAfter = true;
    this.pendingSpace = true;
  }

  private pendingSpace = false;

  private number(spaced: boolean): void {
    const end = endOfNumber(this.text, this.at);
    const word = this.text.slice(this.at, end);
    this.at = end;
    this.push('number', word, spaced).value = Number(word);
  }

  private name(spaced: boolean): void {
    const { text } = this;
    const start = this.at;
    while (isLetter(text[this.at] ?? '') || isDigit(text[this.at] ?? '')) {
      this.at++;
      // A field: the dot belongs to the name when a letter follows it at once.
      if (text[this.at] === '.' && isLetter(text[this.at + 1] ?? '')) this.at++;
    }
    this.push('name', text.slice(start, this.at), spaced);
  }

  /** After a value a quote transposes; within brackets only where no blank stands between. */
  private isTranspose(spaced: boolean): boolean {
    const last = this.tokens[this.tokens.length - 1];
    if (last === undefined || (spaced && this.depth > 0)) return false;
    return (
      last.kind === 'number' ||
      last.kind === 'name' ||
      last.kind === 'table' ||
      [')', ']', "'", ".'"].includes(last.text)
    );
  }

  private string(quote: string, spaced: boolean): void {
    const parts: string[] = [];
    let from = this.at + 1;
    for (;;) {
      const close = this.text.indexOf(quote, from);
      const end = endOfLine(this.text, from);
      if (close < 0 || close > end)
        throw new Error(`line ${this.line}: the text after ${quote} is not closed`);
      parts.push(this.text.slice(from, close));
      from = close + 1;
      if (this.text[from] !== quote) break;
      parts.push(quote);
      from++;
    }
    this.at = from;
    this.push('text', parts.join(''), spaced);
  }

  private mark(mark: string, spaced: boolean): void {
    if (!/^[-+*/^()[\],;:=<>&|~!'.@{}]/.test(mark)) {
      throw new Error(`line ${this.line}: "${mark}" is not understood`);
    }
    if (mark === '[' || mark === '(') this.depth++;
    if (mark === ']' || mark === ')') this.depth--;
    this.at += mark.length;
    this.push('mark', mark, spaced);
  }

  /** A table of plain numbers, read at once. False, and nothing read, where anything else stands in it. */
  private table(spaced: boolean): boolean {
    const found = readNumbers(this.text, this.at + 1);
    if (found === undefined) return false;
    this.at = found.end;
    this.push('table', '[', spaced).rows = found.rows;
    this.line += found.lines;
    return true;
  }

  /** Cell arrays hold names: what is in them is skipped, up to the brace that closes the first. */
  private cell(spaced: boolean): void {
    const opened = this.line;
    let depth = 0;
    for (;;) {
      const char = this.text[this.at];
      if (char === undefined) throw new Error(`line ${opened}: the brace is not closed`);
      if (char === '\n') this.line++;
      if (char === '{') depth++;
      else if (char === '}') depth--;
      else if (char === '%') {
        this.at = endOfLine(this.text, this.at);
        continue;
      } else if (char === "'" || char === '"') {
        const close = this.text.indexOf(char, this.at + 1);
        if (close >= 0 && close < endOfLine(this.text, this.at)) this.at = close;
      }
      this.at++;
      if (depth === 0) break;
    }
    this.push('mark', '{}', spaced);
  }

  private push(kind: Token['kind'], text: string, spaced: boolean): Token {
    const token = {
      kind,
      text,
      line: this.line,
      spaceBefore: spaced || this.pendingSpace,
      spaceAfter: false,
    };
    this.pendingSpace = false;
    this.tokens.push(token);
    return token;
  }
}

/** Rows of plain numbers up to the closing bracket; undefined where anything else is met. */
function readNumbers(
  text: string,
  start: number,
): { rows: number[][]; end: number; lines: number } | undefined {
  const rows: number[][] = [];
  let row: number[] = [];
  let lines = 0;
  let at = start;
  const closeRow = (): void => {
    if (row.length > 0) rows.push(row);
    row = [];
  };
  for (;;) {
    const code = text.charCodeAt(at);
    if (isBlank(code) || code === 44) at++;
    else if (code === 10 || code === 59) {
      closeRow();
      if (code === 10) lines++;
      at++;
    } else if (code === 37) {
      // What may be a block comment hides whole rows: the general way reads it.
      if (text[at + 1] === '{') return undefined;
      at = endOfLine(text, at);
    } else if (code === 93) {
      closeRow();
      return { rows, end: at + 1, lines };
    } else {
      const end = endOfNumber(text, code === 45 || code === 43 ? at + 1 : at);
      const next = text.charCodeAt(end);
      // A name, a formula: the general way reads it.
      if (end <= at + 1 && !isDigit(text[at] ?? '')) return undefined;
      if (!(isBlank(next) || next === 10 || next === 59 || next === 44 || next === 93 || next === 37))
        return undefined;
      row.push(Number(text.slice(at, end)));
      if (Number.isNaN(row[row.length - 1])) return undefined;
      at = end;
    }
  }
}

function endOfNumber(text: string, start: number): number {
  let at = start;
  while (isDigit(text[at] ?? '')) at++;
  // `1./x` divides entry by entry: the dot is the operator's. In `1...` it belongs to the continuation.
  if (text[at] === '.' && !"*/^'".includes(text[at + 1] ?? ' ') && !text.startsWith('...', at)) at++;
  while (isDigit(text[at] ?? '')) at++;
  if (text[at] === 'e' || text[at] === 'E') {
    const digits = text[at + 1] === '+' || text[at + 1] === '-' ? at + 2 : at + 1;
    if (isDigit(text[digits] ?? '')) {
      at = digits;
      while (isDigit(text[at] ?? '')) at++;
    }
  }
  return at;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9 || code === 13 || code === 0xfeff || code === 12;
}

function isDigit(char: string): boolean {
  return char >= '0' && char <= '9' && char.length === 1;
}

function isLetter(char: string): boolean {
  return char.length === 1 && ((char >= 'a' && char <= 'z') || (char >= 'A' && char <= 'Z') || char === '_');
}
