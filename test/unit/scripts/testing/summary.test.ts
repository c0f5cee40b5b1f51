import assert from 'node:assert/strict';
import { type Row, summarise } from '../../../../scripts/testing/summary.js';

const row = (parts: Partial<Row['counts']>, skippedBecause?: string): Row => ({
  label: 'unit',
  counts: { passed: 0, failed: 0, skipped: [], ...parts },
  seconds: 1,
  ...(skippedBecause === undefined ? {} : { skippedBecause }),
});
const lastLine = (rows: Row[], strict: boolean) => summarise(rows, strict).text.split('\n').at(-1);

describe('the end of npm test', () => {
  it('adds up all suites and is content when none failed', () => {
    const rows = [row({ passed: 3 }), row({ passed: 4 })];
    assert.equal(lastLine(rows, true), '7 passed, 0 failed');
    assert.equal(summarise(rows, true).ok, true);
  });

  it('is not content when a test failed, or when nothing ran at all', () => {
    assert.equal(summarise([row({ passed: 3, failed: 1 })], false).ok, false);
    assert.equal(summarise([], false).ok, false);
  });

  it('repeats what failed and why above the table, where the end of a log shows it', () => {
    const rows = [row({ passed: 3, failed: 1, failures: ['a letter is kept\nAssertionError: 1 is not 2'] })];
    assert.match(
      summarise(rows, false).text,
      /^failed in unit: a letter is kept\nAssertionError: 1 is not 2\n/,
    );
  });

  it('names the files that took longest, and no quick ones', () => {
    const rows = [
      row({ passed: 3, seconds: { 'test/a.test.ts': 12.4, 'test/b.test.ts': 60, 'test/c.test.ts': 1 } }),
    ];
    assert.match(
      summarise(rows, false).text,
      /^slowest in unit:\n {4}60 s {2}test\/b\.test\.ts\n {4}12 s {2}test\/a\.test\.ts\n\n/,
    );
  });

  it('counts a suite that broke off as failed although none of its tests did', () => {
    const rows = [row({ passed: 3, problem: 'mocha ended with 7' })];
    assert.equal(lastLine(rows, false), '3 passed, 1 failed');
    assert.match(summarise(rows, false).text, /FAILED.*mocha ended with 7/);
  });

  it('says what was skipped and why, and passes', () => {
    const rows = [row({ passed: 3, skipped: ['a broker restarts'] }), row({}, 'no mosquitto')];
    assert.equal(lastLine(rows, false), '3 passed, 0 failed, 2 skipped');
    assert.equal(summarise(rows, false).ok, true);
    assert.match(summarise(rows, false).text, /skipped: a broker restarts/);
    assert.match(summarise(rows, false).text, /no mosquitto/);
  });

  it('fails in CI for a skipped suite and for a skipped test', () => {
    assert.equal(lastLine([row({ passed: 3 }), row({}, 'no mosquitto')], true), '3 passed, 1 failed');
    assert.equal(lastLine([row({ passed: 3, skipped: ['later'] })], true), '3 passed, 1 failed');
  });

  it('lets CI skip the tests against reference data that is not part of the repository', () => {
    const rows = [row({ passed: 3, skipped: ['solves case9 (no ../shared/data)'] })];
    assert.equal(lastLine(rows, true), '3 passed, 0 failed, 1 skipped');
    assert.equal(summarise(rows, true).ok, true);
  });
});
