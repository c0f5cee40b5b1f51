import assert from 'node:assert/strict';
import path from 'node:path';
import { runInNodeRed } from '../../support/run-in-node-red.js';
import { scenarios } from './scenarios/index.js';
import type { Report } from './scenarios.program.js';

describe('flow completion: what each node does to a message', function () {
  this.timeout(60_000);
  let report: Report;

  before(async () => {
    report = await runInNodeRed<Report>(path.join(__dirname, 'scenarios.program.ts'));
  });

  scenarios.forEach((scenario, index) => {
    it(`${scenario.row}: ${scenario.name}`, () => {
      const happenings = report.happenings[index]!;
      const count = scenario.send?.length ?? 1;
      const outcomes = happenings.flatMap((each) => ('settled' in each ? [each.settled] : []));
      const expected = Array.isArray(scenario.expect)
        ? scenario.expect
        : Array<string>(count).fill(scenario.expect);
      assert.deepEqual(outcomes, expected, JSON.stringify(happenings));

      const reachedAt = happenings.map(
        (_, upTo) => happenings.slice(0, upTo).filter((each) => 'at' in each).length,
      );
      const first = happenings.findIndex((each) => 'settled' in each);
      const last = happenings.findLastIndex((each) => 'settled' in each);
      const reached = scenario.reached ?? 1;
      assert.equal(
        reachedAt[last],
        reached,
        `probes before the last settlement: ${JSON.stringify(happenings)}`,
      );
      const before = scenario.before ?? reached;
      assert.ok(reachedAt[first]! >= before, `settled too early: ${JSON.stringify(happenings)}`);
      const after = happenings.slice(last).filter((each) => 'at' in each).length;
      if (scenario.late === 'some') assert.ok(after > 0);
      else assert.equal(after, scenario.late ?? 0, `late: ${JSON.stringify(happenings)}`);

      if (scenario.openAt === undefined) return;
      const openAt = happenings.flatMap((each) =>
        'settled' in each && each.settled === 'timeout' ? each.openAt : [],
      );
      assert.ok(
        openAt.some((each) => each.startsWith(`${scenario.openAt!}:`)),
        `held at ${openAt.join(', ')}`,
      );
    });
  });

  it('remembers nothing once all is settled', () => {
    assert.deepEqual(report.remembered, { messages: 0, messageIds: 0, sources: 0 });
    assert.equal(report.faults, 0);
  });

  it('counts late messages only where they are documented', () => {
    const documented = scenarios.some((scenario) => scenario.late !== undefined);
    assert.equal(report.late > 0, documented);
  });
});
