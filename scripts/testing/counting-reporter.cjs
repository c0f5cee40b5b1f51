// Mocha's own listing, and at the end the counts, what failed, and where the time went, to the test runner that started
// this process.
'use strict';
const path = require('node:path');
const Mocha = require('mocha');
const { reasonOf } = require('./reason.ts');

// Mocha is started there.
const root = process.cwd();

module.exports = class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const skipped = [];
    runner.on('pending', (test) => skipped.push(test.fullTitle()));
    const failures = [];
    runner.on('fail', (test, error) => {
      const file = test.file ?? test.parent?.file;
      const where = file === undefined ? '' : `${path.relative(root, file)}\n`;
      failures.push(`${test.fullTitle()}\n${where}${reasonOf(error, root)}`);
    });
    const clock = secondsByFile(runner);
    runner.once('end', () => {
      const { passes, failures: failed } = this.stats;
      process.send?.({ passed: passes, failed, skipped, failures, seconds: clock.ended() });
    });
  }
};

/** How long each file took with all its hooks: until the next one begins. */
function secondsByFile(runner) {
  const seconds = {};
  let current;
  let since = Date.now();
  const turnTo = (file) => {
    const now = Date.now();
    if (current !== undefined) seconds[current] = (seconds[current] ?? 0) + (now - since) / 1000;
    current = file;
    since = now;
  };
  runner.on('suite', ({ file }) => {
    const name = file === undefined ? undefined : path.relative(root, file);
    if (name !== current) turnTo(name);
  });
  return {
    ended: () => {
      turnTo(undefined);
      return seconds;
    },
  };
}
