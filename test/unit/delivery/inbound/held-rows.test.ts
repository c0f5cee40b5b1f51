import assert from 'node:assert/strict';
import { HeldRows } from '../../../../src/delivery/inbound/held-rows.js';
import type { Item } from '../../../../src/delivery/inbound/item.js';

describe('rows that are held for a decision', () => {
  it('are compared with the store though others wait for the same decision in memory alone', () => {
    const rows = new HeldRows();
    rows.written('NEW-9');
    rows.ask([{ state: 'held', heldBy: 'NEW-9' } as Item], []);
    assert.deepEqual(rows.loaded([]), [{ do: 'gone', held: { by: 'NEW-9', count: 1 } }]);
  });

  it('are not compared while one of them is being written', () => {
    const rows = new HeldRows();
    const ending = {
      kind: 'parked',
      as: 'held',
      at: Infinity,
      by: 'NEW-9',
      reason: '',
      known: false,
    } as const;
    rows.ask([{ state: 'writing', ending } as Item], []);
    assert.deepEqual(rows.loaded([{ by: 'NEW-9', count: 1 }]), []);
  });
});
