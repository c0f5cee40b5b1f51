import assert from 'node:assert/strict';
import { InstanceLease } from '../../../../src/store/postgres/instance-lease.js';
import type { Operation, OperationResult } from '../../../../src/store/sql/database.js';
import { ManualClock } from '../../../support/manual-clock.js';

describe('the lease of an instance', () => {
  it('counts that another had it, also where the answer that says it is ours again is lost', async () => {
    const clock = new ManualClock();
    let holder = '';
    let losesAnswers = false;
    const write = ([operation]: readonly Operation[]): Promise<OperationResult[]> => {
      const { sql, parameters } = operation as { sql: string; parameters: readonly unknown[] };
      let result: OperationResult;
      if (sql.startsWith('SELECT')) result = { changes: 0, rows: [{ member: holder, remaining: 0 }] };
      else if (sql.startsWith('UPDATE')) result = { changes: holder === parameters.at(-1) ? 1 : 0, rows: [] };
      else {
        holder = String(parameters[2]);
        result = { changes: 1, rows: [] };
        if (losesAnswers) return Promise.reject(new Error('connection lost'));
      }
      return Promise.resolve([result]);
    };
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
