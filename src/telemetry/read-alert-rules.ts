import type { AlertRuleData } from '../contracts/contract-data.js';
import { GridwireError } from '../errors.js';
import { cellText, decimalNumber } from '../written.js';

/** A row of the panel's table: everything is text. */
type Row = Readonly<Record<string, unknown>>;

/** The longest name of an alert, in characters. */
const LONGEST_NAME = 100;

/** The columns as the panel heads them. */
const HEADINGS = {
  type: 'alert',
  member: 'member',
  side: 'side',
  limit: 'limit',
  clearAt: 'over at',
  severity: 'severity',
} as const;

/**
 * Reads the thresholds that a panel's table holds. Columns: `type` (the alert's name), `member` (a name or a JSON
 * pointer), `side` (`above` or `below`), `limit`, `clearAt` (may be empty), `severity`.
 * @param severities those that the alert's event may have
 * @throws GridwireError `SETTING_INVALID` naming the row and the column
 */
export function readAlertRules(rows: readonly Row[], severities: readonly string[]): AlertRuleData[] {
  return rows.map((row, index) => {
    const fault = (column: string, text: string): GridwireError =>
      new GridwireError('SETTING_INVALID', `Threshold ${index + 1}, ${column}: ${text}.`, {
        details: { row: index + 1, column },
      });
    const text = (column: keyof typeof HEADINGS): string => {
      const cell = cellText(row[column]);
      if (cell === undefined) throw fault(HEADINGS[column], 'must be text or a number');
      return cell;
    };
    const numberIn = (column: keyof typeof HEADINGS): number | undefined => {
      const written = text(column);
      return written === '' ? undefined : (decimalNumber(written) ?? Number.NaN);
    };
    const type = text('type');
    if (type === '' || type.length > LONGEST_NAME)
      throw fault('alert', `needs a name of 1 to ${LONGEST_NAME} characters`);
    const member = text('member');
    if (member === '') throw fault('member', 'names no member of the telemetry');
    const side = text('side');
    if (side !== 'above' && side !== 'below') throw fault('side', `is "${side}", neither above nor below`);
    const limit = numberIn('limit');
    if (limit === undefined || Number.isNaN(limit))
      throw fault('limit', 'must be a number, of no more digits than can be kept');
    const clearAt = numberIn('clearAt');
    if (clearAt !== undefined && !(side === 'above' ? clearAt <= limit : clearAt >= limit))
      throw fault('over at', `must be a number that is not ${side} ${limit}, or empty`);
    const severity = text('severity');
    if (!severities.includes(severity)) throw fault('severity', `must be one of ${severities.join(', ')}`);
    return {
      type,
      member: member.startsWith('/') ? member : `/${member}`,
      ...(side === 'above' ? { above: limit } : { below: limit }),
      ...(clearAt === undefined ? {} : { clearAt }),
      severity,
    };
  });
}
