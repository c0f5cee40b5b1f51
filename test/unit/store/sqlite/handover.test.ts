import assert from 'node:assert/strict';
import { isBulk, type Operation } from '../../../../src/store/sql/database.js';
import { handover } from '../../../../src/store/sqlite/handover.js';

describe('what goes to the thread of a SQLite store', () => {
  const megabyte = Buffer.alloc(1_048_576, 'x');
  const slice = megabyte.subarray(100, 200);
  const values = (units: (readonly Operation[])[]): unknown[] =>
    units.flat().flatMap((operation) => (isBulk(operation) ? operation.rows.flat() : operation.parameters));

  it('takes along no more than the bytes of a message, however large the buffer that they are cut from', () => {
    const statement = { sql: 'INSERT', parameters: [slice, 'text', null] };
    const bulk: Operation = { table: 'outbox', rows: [['q', slice, 7]] };
    const sent = values(handover([[statement], [bulk]]));
    const bytes = sent.filter((value) => value instanceof Uint8Array);
    assert.deepEqual(
      bytes.map((value) => [value.byteLength, value.buffer.byteLength]),
      [
        [100, 100],
        [100, 100],
      ],
    );
    assert.ok(bytes.every((value) => Buffer.from(value).equals(slice)));
    assert.deepEqual(
      sent.filter((value) => !(value instanceof Uint8Array)),
      ['text', null, 'q', 7],
    );
  });

  it('is not copied where it has its memory to itself', () => {
    const own = new Uint8Array(10);
    assert.equal(values(handover([[{ sql: '', parameters: [own] }]]))[0], own);
  });
});
