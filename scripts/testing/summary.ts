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

/** How many files of a suite the summary names, and from how many seconds on. */
const SLOWEST = 8;
const SLOW_SECONDS = 10;

export interface Verdict {
  text: string;
  ok: boolean;
}

/**
 * Which files took longest, and what failed, once more: a log is often read from its end only. Then the table for people, and alone on the last line
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
    text: [
      ...rows.flatMap(slowestOf),
      ...rows.flatMap(failuresOf),
      ...align([heading, ...table]),
      '',
      counts.join(', '),
    ].join('\n'),
    ok: total.failed === 0 && rows.length > 0,
  };
}

function failuresOf({ label, counts }: Row): string[] {
  return (counts.failures ?? []).map((failure) => `failed in ${label}: ${failure}\n`);
}

/** Where to look when a run nears its hour. */
function slowestOf({ label, counts }: Row): string[] {
  const slow = Object.entries(counts.seconds ?? {})
    .filter(([, seconds]) => seconds >= SLOW_SECONDS)
    .sort(([, one], [, other]) => other - one)
    .slice(0, SLOWEST);
  if (slow.length === 0) return [];
  return [
    `slowest in ${label}:`,
    ...slow.map(([file, seconds]) => `  ${seconds.toFixed(0).padStart(4)} s  ${file}`),
    '',
  ];
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
