// Mocha's own listing, and at the end the counts, and what failed, to the test runner that started this process.
'use strict';
const Mocha = require('mocha');

module.exports = class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const skipped = [];
    runner.on('pending', (test) => skipped.push(test.fullTitle()));
    const failures = [];
    runner.on('fail', (test, error) => failures.push(`${test.fullTitle()}\n${reasonOf(error)}`));
    runner.once('end', () => {
      const { passes, failures: failed } = this.stats;
      process.send?.({ passed: passes, failed, skipped, failures });
    });
  }
};

/** The message and where it happened, short enough for the end of a log. */
function reasonOf(error) {
  const text = String(error?.stack ?? error?.message ?? error);
  return text.split('\n').slice(0, 12).join('\n').slice(0, 1200);
}
