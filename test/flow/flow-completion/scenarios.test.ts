import assert from 'node:assert/strict';
import path from 'node:path';
import { runInNodeRed } from '../../support/run-in-node-red.js';
import { scenarios } from './scenarios/index.js';
import type { Scenario } from './scenarios/scenario.js';
import type { Report } from './scenarios.program.js';
import type { Happening } from './test-nodes.js';

const deliveries = [
  { sync: false, title: 'flow completion: what each node does to a message' },
  { sync: true, title: 'flow completion: the same with synchronous delivery (runtimeSyncDelivery)' },
];

for (const { sync, title } of deliveries) {
  describe(title, function () {
    this.timeout(60_000);
    let report: Report;

    before(async () => {
      report = await runInNodeRed<Report>(path.join(__dirname, 'scenarios.program.ts'), { sync });
    });

    scenarios.forEach((scenario, index) => {
      it(`${scenario.row}: ${scenario.name}`, () => {
        const happenings = report.happenings[index]!;
        const told = JSON.stringify(happenings);
        // Delivered synchronously, other messages overtake one that takes its time.
        const inOrder = (outcomes: string[]) => (sync ? outcomes.sort() : outcomes);
        assert.deepEqual(inOrder(outcomesOf(happenings)), inOrder(expectedOf(scenario)), told);
        checkProbes(scenario, happenings, told);
        checkOpenAt(scenario, happenings);
        const { errors } = scenario;
        if (errors) assert.deepEqual(happenings.findLast((each) => 'settled' in each)?.errors, errors);
      });
    });

    it('remembers nothing once all is settled', () => {
      assert.deepEqual(report.remembered, { messages: 0, messageIds: 0, sources: 0 });
      assert.equal(report.faults, 0);
    });

    it('counts the late messages, which only documented flows send', () => {
      assert.ok(report.late > 0);
    });
  });
}

function outcomesOf(happenings: Happening[]): string[] {
  return happenings.flatMap((each) => ('settled' in each ? [each.settled] : []));
}

function expectedOf({ expect, send }: Scenario): string[] {
  return Array.isArray(expect) ? [...expect] : Array<string>(send?.length ?? 1).fill(expect);
}

/** Nothing may be settled before the probes it stands for have been reached, and no probe be reached after. */
function checkProbes(
  { reached = 1, before = reached, late }: Scenario,
  happenings: Happening[],
  told: string,
): void {
  const isSettlement = (each: Happening) => 'settled' in each;
  const probes = (list: Happening[]) => list.filter((each) => 'at' in each).length;
  const first = happenings.findIndex(isSettlement);
  const last = happenings.findLastIndex(isSettlement);
  assert.ok(probes(happenings.slice(0, first)) >= before || late, `settled too early: ${told}`);
  if (late) assert.ok(probes(happenings.slice(first)) > 0, `documented as late, but is not: ${told}`);
  else assert.equal(probes(happenings.slice(0, last)), reached, `probes before the last settlement: ${told}`);
  if (!late) assert.equal(probes(happenings.slice(last)), 0, `late: ${told}`);
}

function checkOpenAt({ openAt }: Scenario, happenings: Happening[]): void {
  if (openAt === undefined) return;
  const held = happenings.flatMap((each) =>
    'settled' in each && each.settled === 'timeout' ? each.openAt : [],
  );
  assert.ok(
    held.some((each) => each.startsWith(`${openAt}:`)),
    `held at ${held.join(', ')}`,
  );
}
