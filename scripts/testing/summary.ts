import type { Counts } from './run-mocha.js';

/** One line of the table: a run of a suite, or the reason why there was none. */
export interface Row {
  label: string;
  counts: Counts;
  /** Why the whole suite did not run. */
  skippedBecause?: string;
  seconds: number;
}

/** In the title of tests whose reference data lies beside the clone and not in it; they may skip anywhere. */
const REFERENCE_DATA = '../shared/data';

export interface Verdict {
  text: string;
  ok: boolean;
}

/**
 * What failed, once more: a log is often read from its end only. Then the table for people, and alone on the last line
 * the count that CI reads.
 * @param strict with CI=true a suite or a test that was skipped counts as failed
 */
export function summarise(rows: readonly Row[], strict: boolean): Verdict {
  const total = { passed: 0, failed: 0, skipped: 0 };
  const table = rows.map((row) => {
    const { passed, failed, skipped, why } = judge(row, strict);
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
    const outcome = failed > 0 ? 'FAILED' : row.skippedBecause === undefined ? 'ran' : 'skipped';
    return [row.label, outcome, passed, failed, skipped, row.seconds.toFixed(1), why].map(String);
  });
  const heading = ['suite', 'outcome', 'passed', 'failed', 'skipped', 'seconds', 'why'];
  const counts = [`${String(total.passed)} passed`, `${String(total.failed)} failed`];
  if (total.skipped > 0) counts.push(`${String(total.skipped)} skipped`);
  return {
    text: [...rows.flatMap(failuresOf), ...align([heading, ...table]), '', counts.join(', ')].join('\n'),
    ok: total.failed === 0 && rows.length > 0,
  };
}

function failuresOf({ label, counts }: Row): string[] {
  return (counts.failures ?? []).map((failure) => `failed in ${label}: ${failure}\n`);
}

function judge(row: Row, strict: boolean) {
  const { counts, skippedBecause } = row;
  const failed = counts.failed + (counts.problem === undefined ? 0 : 1);
  const skipped = counts.skipped.length + (skippedBecause === undefined ? 0 : 1);
  const excused = counts.skipped.filter((title) => title.includes(REFERENCE_DATA)).length;
  const refused = strict ? skipped - excused : 0;
  const reasons = [skippedBecause, counts.problem, ...counts.skipped.map((title) => `skipped: ${title}`)];
  if (refused > 0) reasons.push('with CI=true that is a failure');
  return {
    passed: counts.passed,
    failed: failed + refused,
    skipped: skipped - refused,
    why: reasons.filter((reason) => reason !== undefined).join('; '),
  };
}

function align(rows: readonly string[][]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const last = widths.length - 1;
  return rows.map((row) =>
    row
      .map((cell, column) => (column === last ? cell : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
}
