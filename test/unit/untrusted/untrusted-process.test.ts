import assert from 'node:assert/strict';
import path from 'node:path';
import type { Clock } from '../../../src/clock.js';
import { UntrustedProcess } from '../../../src/untrusted/untrusted-process.js';

/** On a machine so busy that every wait is over before anything else has happened. */
const hurried: Clock = {
  now: () => 0,
  wall: () => 0,
  after: (_milliseconds, action) => {
    const timer = setImmediate(action);
    return () => clearImmediate(timer);
  },
};

describe('a process for untrusted work', () => {
  it('that does not start in time does not blame the work, which may be tried again', async () => {
    const file = path.resolve(__dirname, '../../../src/untrusted/no-such-module');
    const process = new UntrustedProcess(file, undefined, hurried);
    await assert.rejects(process.run({}), {
      code: 'COMPUTATION_STOPPED',
      fault: 'transient',
      message:
        'The computation did not begin: its process had not started after 30000 ms, as on a machine that is very busy. Try again later.',
    });
    process.close();
  });
});
