import { GridwireError } from '../errors.js';

/** What people's programs put between cells. */
const SEPARATORS = [';', '\t', ','] as const;

/** The line by which Excel is told the separator, and which it takes for no row: `sep=;`. */
const SAID = /^sep=([^"\r\n])[\r\n]/i;

/** Longer than any row of a registry, in characters; a quote that is never closed ends there. */
const MAX_RECORD = 100_000;

/**
 * The rows of a CSV text as lists of cells, by RFC 4180 and what programs make of it: lines that end in CR, LF or both,
 * a byte order mark, semicolons or tabs instead of commas, or the separator that Excel's line `sep=;` says, quotes with line breaks and doubled quotes inside.
 * Blanks around cells, and rows without any, are left out.
 * @throws GridwireError `REGISTRY_INVALID` with the line of a quote that does not fit
 */
export function csvRows(text: string): string[][] {
  const bare = text.replace(/^\uFEFF/, '');
  const said = SAID.exec(bare);
  return new CsvText(bare, said?.[1] ?? separatorOf(bare), said?.[0].length ?? 0).rows();
}

/** The one that the first line has most of, outside quotes. */
function separatorOf(text: string): string {
  const [header = ''] = text
    .replace(/^[\r\n]+/, '')
    .replaceAll(/"[^"]*"/g, '')
    .split(/[\r\n]/, 1);
  const countOf = (separator: string): number => header.split(separator).length;
  return SEPARATORS.reduce((best, each) => (countOf(each) > countOf(best) ? each : best), ',');
}

/** A text that is read once, from its beginning to its end. */
class CsvText {
  constructor(
    private readonly text: string,
    private readonly separator: string,
    private at: number,
  ) {}

  rows(): string[][] {
    const rows: string[][] = [];
    while (this.at < this.text.length) {
      const cells = this.row();
      if (cells.some((cell) => cell !== '')) rows.push(cells);
    }
    return rows;
  }

  /** Up to the end of its line; behind it the next one begins. */
  private row(): string[] {
    const begin = this.at;
    const cells: string[] = [];
    for (;;) {
      cells.push(this.cell().trim());
      if (this.at - begin > MAX_RECORD)
        throw this.fault(`a row has more than ${MAX_RECORD} characters`, begin);
      const isOver = this.text[this.at] !== this.separator;
      this.at += 1;
      if (isOver) return cells;
    }
  }

  private cell(): string {
    const begin = this.at;
    while (this.isBlank()) this.at += 1;
    if (this.text[this.at] === '"') return this.quoted();
    while (!this.isEnd()) {
      if (this.text[this.at] === '"') throw this.fault('a quote stands within a cell', this.at);
      this.at += 1;
    }
    return this.text.slice(begin, this.at);
  }

  private quoted(): string {
    const opened = this.at;
    let close = this.text.indexOf('"', opened + 1);
    // Two quotes are one that is meant.
    while (close !== -1 && this.text[close + 1] === '"') close = this.text.indexOf('"', close + 2);
    if (close === -1) throw this.fault('a quote is never closed', opened);
    this.at = close + 1;
    while (this.isBlank()) this.at += 1;
    if (!this.isEnd()) throw this.fault('something stands behind a closing quote', this.at);
    return this.text.slice(opened + 1, close).replaceAll('""', '"');
  }

  private isBlank(): boolean {
    return !this.isEnd() && /\s/.test(this.text.charAt(this.at));
  }

  /** Whether the cell is over: at a separator, a line's end, or the end of all. */
  private isEnd(): boolean {
    const character = this.text[this.at];
    return (
      character === undefined || character === this.separator || character === '\n' || character === '\r'
    );
  }

  private fault(what: string, at: number): GridwireError {
    const line = this.text.slice(0, at).split(/\r\n|\n|\r/).length;
    return new GridwireError(
      'REGISTRY_INVALID',
      `The device file cannot be read as CSV: ${what} (line ${line}). A cell with a quote, a separator or a line break needs quotes around it, and quotes inside doubled.`,
    );
  }
}
