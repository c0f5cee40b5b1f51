import { CsvError, parse } from 'csv-parse/sync';
import { GridwireError } from '../errors.js';

/** What people's programs put between cells. */
const SEPARATORS = [';', '\t', ','] as const;

/** The line by which Excel is told the separator, and which it takes for no row: `sep=;`. */
const SAID = /^\uFEFF?sep=([^"\r\n])[\r\n]/i;

/** Longer than any row of a registry, in characters; a quote that is never closed ends there. */
const MAX_RECORD = 100_000;

/**
 * The rows of a CSV text as lists of cells, by RFC 4180 and what programs make of it: lines that end in CR, LF or both,
 * a byte order mark, semicolons or tabs instead of commas, or the separator that Excel's line `sep=;` says, quotes with line breaks and doubled quotes inside.
 * Blanks around cells, and rows without any, are left out.
 * @throws GridwireError `REGISTRY_INVALID` with the line of a quote that does not fit
 */
export function csvRows(text: string): string[][] {
  const said = SAID.exec(text)?.[1];
  const delimiter = said ?? separatorOf(text);
  try {
    const rows = parse(text, {
      bom: true,
      delimiter,
      from_line: said === undefined ? 1 : 2,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      max_record_size: MAX_RECORD,
      // A tab is a blank as well.
      trim: delimiter !== '\t',
    });
    return rows.map((cells) => cells.map((cell) => cell.trim()));
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new GridwireError(
      'REGISTRY_INVALID',
      `The device file cannot be read as CSV: ${cause.message.replace(/\.$/, '')}. A cell with a quote, a separator or a line break needs quotes around it, and quotes inside doubled.`,
      { cause },
    );
  }
}

/** The one that the first line has most of, outside quotes. */
function separatorOf(text: string): string {
  const [header = ''] = text
    .replace(/^[\uFEFF\r\n]+/, '')
    .replaceAll(/"[^"]*"/g, '')
    .split(/[\r\n]/, 1);
  const countOf = (separator: string): number => header.split(separator).length;
  return SEPARATORS.reduce((best, each) => (countOf(each) > countOf(best) ? each : best), ',');
}
