// Mocha's own listing, and at the end the counts to the test runner that started this process.
'use strict';
const Mocha = require('mocha');

module.exports = class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const skipped = [];
    runner.on('pending', (test) => skipped.push(test.fullTitle()));
    runner.once('end', () => {
      const { passes, failures } = this.stats;
      process.send?.({ passed: passes, failed: failures, skipped });
    });
  }
};
