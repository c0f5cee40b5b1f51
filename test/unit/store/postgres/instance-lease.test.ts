import assert from 'node:assert/strict';
import { InstanceLease } from '../../../../src/store/postgres/instance-lease.js';
import type { Operation, OperationResult } from '../../../../src/store/sql/database.js';
import { ManualClock } from '../../../support/manual-clock.js';

describe('the lease of an instance', () => {
  it('counts that another had it, also where the answer that says it is ours again is lost', async () => {
    const clock = new ManualClock();
    let holder = '';
    let losesAnswers = false;
    const answer = (operation: Operation): OperationResult => {
      const { sql, parameters } = operation as { sql: string; parameters: readonly unknown[] };
      if (sql.startsWith('SELECT')) return { changes: 0, rows: [{ member: holder, remaining: 0 }] };
      if (sql.startsWith('UPDATE')) return { changes: holder === parameters.at(-1) ? 1 : 0, rows: [] };
      holder = String(parameters[2]);
      if (losesAnswers) throw new Error('connection lost');
      return { changes: 1, rows: [] };
    };
    // As a database is asked: what throws rejects.
    const write = (unit: readonly Operation[]) => Promise.resolve().then(() => unit.map(answer));
    const lease = new InstanceLease('one', write, clock);
    await lease.held();
    assert.equal(lease.generation, 0);
    holder = 'another';
    losesAnswers = true;
    await clock.pass(4_000);
    assert.ok(lease.validUntil < clock.now(), 'it is not relied on while nobody knows');
    losesAnswers = false;
    await clock.pass(8_000);
    assert.ok(lease.validUntil > clock.now());
    assert.equal(lease.generation, 1);
    await lease.end();
  });
});
