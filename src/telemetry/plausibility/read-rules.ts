import { GridwireError } from '../../errors.js';
import { cellText, decimalNumber, hexadecimalNumber } from '../../written.js';
import type { PlausibilityRule } from './rules.js';
import { COMMON_SENTINELS } from './sentinels.js';

/** A row of the panel's table: everything is text, and what is empty is not checked. */
type Row = Readonly<Record<string, unknown>>;

/**
 * Reads the rules that a panel's table holds. Columns: `member` (a name or a JSON pointer), `minimum`, `maximum`,
 * `perSecond`, `counter` (`no`, `yes`, `resets` for one that may start again at zero or overflow, `anywhere` for one
 * whose every fall is a new start), `confirm`, `tolerance`, `stuck`, `sentinels` (`no` or `yes`), `marks` (further
 * numbers that mean none, separated by blanks, commas or semicolons).
 * @throws GridwireError `SETTING_INVALID` naming the row and the column
 */
export function readPlausibilityRules(rows: unknown): PlausibilityRule[] {
  return (Array.isArray(rows) ? (rows as Row[]) : []).map((row, index) => readRule(row, index + 1));
}

/** Where a counter may start again at once. */
const RESET_BELOW: Readonly<Record<string, number | undefined>> = { resets: 1, anywhere: Infinity };

/** A person writes them; this is plenty. */
const MOST_MARKS = 100;

function readRule(row: Row, number: number): PlausibilityRule {
  const value = (column: string): number | undefined => numberIn(row, column, number);
  const member = text(row, 'member', number);
  if (member === '') throw invalid(number, 'member', 'names no member');
  const minimum = value('minimum');
  const maximum = value('maximum');
  const perSecond = value('perSecond');
  const stuck = value('stuck');
  const tolerance = value('tolerance');
  const confirm = value('confirm');
  const counter = text(row, 'counter', number);
  const resetBelow = RESET_BELOW[counter];
  const counts = counter === 'yes' || resetBelow !== undefined;
  if (!counts && counter !== '' && counter !== 'no')
    throw invalid(number, 'counter', `is "${counter}"; it must be no, yes, resets or anywhere`);
  const common = text(row, 'sentinels', number);
  if (!['', 'no', 'yes'].includes(common))
    throw invalid(number, 'sentinels', `is "${common}"; it must be no or yes`);
  const sentinels = [...(common === 'yes' ? COMMON_SENTINELS : []), ...marksIn(row, number)];
  const rate = perSecond === undefined ? {} : { perSecond };
  return {
    member: member.startsWith('/') ? member : `/${member}`,
    ...(minimum === undefined && maximum === undefined
      ? {}
      : {
          range: {
            ...(minimum === undefined ? {} : { minimum }),
            ...(maximum === undefined ? {} : { maximum }),
          },
        }),
    ...(perSecond === undefined || counts ? {} : { rate: { perSecond } }),
    ...(counts
      ? {
          counter: {
            ...rate,
            ...(resetBelow === undefined ? {} : { resetBelow }),
            ...(confirm === undefined ? {} : { confirm }),
            ...(tolerance === undefined ? {} : { tolerance }),
          },
        }
      : {}),
    ...(stuck === undefined ? {} : { stuck: { count: stuck } }),
    ...(sentinels.length === 0 ? {} : { sentinels }),
  };
}

const NO_NUMBER = 'is no number, or a whole one with more digits than can be kept';

function numberIn(row: Row, column: string, number: number): number | undefined {
  const written = text(row, column, number);
  if (written === '') return undefined;
  const value = decimalNumber(written);
  if (value === undefined) throw invalid(number, column, `is "${written}", which ${NO_NUMBER}`);
  return value;
}

/** Decimal or hexadecimal, with a sign. */
function marksIn(row: Row, number: number): number[] {
  const written = text(row, 'marks', number)
    .split(/[\s,;]+/)
    .filter((mark) => mark !== '');
  if (written.length > MOST_MARKS) throw invalid(number, 'marks', `has more than ${MOST_MARKS} numbers`);
  return written.map((mark) => {
    const value = hexadecimalNumber(mark) ?? decimalNumber(mark);
    if (value === undefined) throw invalid(number, 'marks', `has "${mark}", which ${NO_NUMBER}`);
    return value;
  });
}

function text(row: Row, column: string, number: number): string {
  const cell = cellText(row[column]);
  if (cell === undefined) throw invalid(number, column, 'must be text or a number');
  return cell;
}

function invalid(row: number, column: string, reason: string): GridwireError {
  return new GridwireError('SETTING_INVALID', `Row ${row}: "${column}" ${reason}.`);
}
