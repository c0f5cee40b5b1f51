import assert from 'node:assert/strict';
import path from 'node:path';
import type { Boot } from '../../../../src/boot.js';
import { ParkedTable } from '../../../../src/store/sql/parked-table.js';
import { SqliteDatabase } from '../../../../src/store/sqlite/sqlite-database.js';
import { openSqliteStore } from '../../../../src/store/sqlite/sqlite-store.js';
import { WorkerClient } from '../../../../src/store/sqlite/worker-client.js';
import { message, temporaryFolder } from '../helpers.js';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const START = 1_700_000_000_000;

/** A life of a process: what its clock and its machine say as it begins. */
interface Life {
  now: number;
  boot: Boot;
}

const life = (now: number, id: string | undefined, uptime: number): Life => ({
  now,
  boot: { id, uptime: () => uptime },
});

/** How long a message that waits ten minutes, and is good for an hour, waits and is good for in a second life. */
async function leftOf(first: Life, second: Life): Promise<{ wait: number; life: number }> {
  const { folder, remove } = temporaryFolder();
  const file = path.join(folder, 'store.db');
  try {
    await (await openSqliteStore({ kind: 'sqlite', file })).close();
    let left: { wait: number; life: number } | undefined;
    for (const { now, boot } of [first, second]) {
      const client = new WorkerClient({ file, durability: 'process', lockWait: 1_000 }, () => undefined);
      const table = new ParkedTable(new SqliteDatabase(client, 'process'), boot);
      if (left === undefined) {
        const row = { key: 'k', message: message('t'), attempts: 1, reason: 'r', at: now };
        await table.park('q', [{ ...row, nextAttemptAt: now + 10 * MINUTE, expiresAt: now + HOUR }]);
      }
      await table.takeUp('q', now);
      const [found] = await table.due('q', Number.MAX_SAFE_INTEGER, 1);
      left = { wait: (found?.nextAttemptAt ?? NaN) - now, life: (found?.expiresAt ?? NaN) - now };
      await client.close();
    }
    return left ?? { wait: NaN, life: NaN };
  } finally {
    remove();
  }
}

describe('a message that waits for its next attempt over a restart', () => {
  const before = life(START, 'a', 1_000);
  const MINUTE_LATER = 1_000 + MINUTE;

  for (const [what, set] of [
    ['set back by five hours', -5 * HOUR],
    ['set back by five minutes', -5 * MINUTE],
    ['set ahead by 25 hours', 25 * HOUR],
    ['left alone', 0],
  ] as const) {
    it(`goes on waiting for as long as it had left where the clock was ${what}`, async () => {
      const left = await leftOf(before, life(START + MINUTE + set, 'a', MINUTE_LATER));
      assert.deepEqual(left, { wait: 9 * MINUTE, life: 59 * MINUTE });
    });
  }

  it('falls due where the machine was started anew with a clock that was set back, and keeps its time to live', async () => {
    assert.deepEqual(await leftOf(before, life(START - 5 * HOUR, 'b', 5)), { wait: 0, life: HOUR });
    assert.deepEqual(await leftOf(life(START, undefined, 1), life(START - HOUR, undefined, 2)), {
      wait: 0,
      life: HOUR,
    });
  });

  it('waits by the clock where the machine was started anew', async () => {
    const left = await leftOf(before, life(START + MINUTE, 'b', 5));
    assert.deepEqual(left, { wait: 9 * MINUTE, life: 59 * MINUTE });
  });
});
