// Mocha's own listing, and at the end the counts to the test runner that started this process.
'use strict';
const Mocha = require('mocha');

module.exports = class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const skipped = [];
    runner.on('pending', (test) => skipped.push(test.fullTitle()));
    // A second try must not hide what the first one found.
    runner.on('retry', (test, error) =>
      process.stdout.write(`      tried again: ${test.fullTitle()}: ${error.message}\n`),
    );
    runner.once('end', () => {
      const { passes, failures } = this.stats;
      process.send?.({ passed: passes, failed: failures, skipped });
    });
  }
};
