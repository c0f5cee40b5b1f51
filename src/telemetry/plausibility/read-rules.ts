import { GridwireError } from '../../errors.js';
import { COMMON_SENTINELS, type PlausibilityRule } from './rules.js';

/** A row of the panel's table: everything is text, and what is empty is not checked. */
type Row = Readonly<Record<string, unknown>>;

/**
 * Reads the rules that a panel's table holds. Columns: `member` (a name or a JSON pointer), `minimum`, `maximum`,
 * `perSecond`, `counter` (`no`, `yes`, or `resets` for one that may start again at zero), `tolerance`, `stuck`,
 * `sentinels` (`no` or `yes`).
 * @throws GridwireError `SETTING_INVALID` naming the row and the column
 */
export function readPlausibilityRules(rows: unknown): PlausibilityRule[] {
  return (Array.isArray(rows) ? (rows as Row[]) : []).map((row, index) => readRule(row, index + 1));
}

function readRule(row: Row, number: number): PlausibilityRule {
  const value = (column: string): number | undefined => numberIn(row, column, number);
  const member = text(row, 'member');
  if (member === '') throw invalid(number, 'member', 'names no member');
  const minimum = value('minimum');
  const maximum = value('maximum');
  const perSecond = value('perSecond');
  const stuck = value('stuck');
  const tolerance = value('tolerance');
  const counter = text(row, 'counter');
  const counts = counter === 'yes' || counter === 'resets';
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
            ...(counter === 'resets' ? { resetBelow: 1 } : {}),
            ...(tolerance === undefined ? {} : { tolerance }),
          },
        }
      : {}),
    ...(stuck === undefined ? {} : { stuck: { count: stuck } }),
    ...(text(row, 'sentinels') === 'yes' ? { sentinels: COMMON_SENTINELS } : {}),
  };
}

function numberIn(row: Row, column: string, number: number): number | undefined {
  const written = text(row, column);
  if (written === '') return undefined;
  const value = Number(written);
  if (!Number.isFinite(value)) throw invalid(number, column, `is "${written}", which is no number`);
  return value;
}

function text(row: Row, column: string): string {
  const value = row[column];
  return typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
}

function invalid(row: number, column: string, reason: string): GridwireError {
  return new GridwireError('SETTING_INVALID', `Row ${row}: "${column}" ${reason}.`);
}
