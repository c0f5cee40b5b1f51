import assert from 'node:assert/strict';
import { fire } from '../../scripts/fuzzing/fire.js';
import { TARGETS } from '../../scripts/fuzzing/targets/index.js';
import { needsPostgres } from '../support/postgres.js';
import { together } from '../support/together.js';

/** How many cases of each target that needs a server or a process; the unit tests fire at the others. */
const CASES: Record<string, number> = {
  ...{ 'mqtt-client': 150, 'mqtt-server': 150, 'kafka-server': 30, expressions: 15 },
  ...{ admin: 150, receipts: 150, 'store-sqlite': 100, 'store-postgres': 100 },
};

describe('hostile input to what runs', function () {
  this.timeout(120_000);
  // Each target has a process of its own.
  together(
    2,
    Object.entries(CASES).map(
      ([name, cases]) =>
        [
          `ends nothing and is answered with typed errors: ${name}`,
          async (context) => {
            if (name === 'store-postgres') needsPostgres(context);
            assert.ok(TARGETS.some((target) => target.name === name));
            const report = await fire(name, { seed: 20261129, cases, milliseconds: 3_600_000, from: 0 });
            assert.ok('finds' in report, JSON.stringify(report));
            assert.deepEqual([report.cases, report.finds], [cases, []]);
          },
        ] as const,
    ),
  );
});
