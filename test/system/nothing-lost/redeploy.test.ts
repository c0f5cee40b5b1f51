import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { type Holdings, LoadRun } from './load-run.js';

const LOAD = { version: 5, qos: 1, rate: 500, outboxCount: 10_000, store: true } as const;
const DEPLOYS = ['full', 'nodes', 'flows', 'nodes', 'full', 'flows'] as const;
/** One out and one in. */
const CONNECTIONS = 2;

describe('a redeploy every second under load', function () {
  this.timeout(240_000);
  let run: LoadRun;

  beforeEach(async function () {
    run = await LoadRun.start(this, LOAD);
  });
  afterEach(() => run.stop());

  /** Asks until what the process holds is as expected; what is under way may take a moment to end. */
  async function comesTo(expected: (held: Holdings) => unknown, asBefore: unknown): Promise<void> {
    const end = Date.now() + 20_000;
    for (;;) {
      const found = expected(await run.holdings());
      try {
        assert.deepEqual(found, asBefore, run.nodeRed.lines.slice(-20).join('\n'));
        return;
      } catch (different) {
        if (Date.now() > end) throw different;
        await delay(200);
      }
    }
  }

  it('loses no event and leaves no connection, listener, hook or timer behind', async () => {
    await run.nodeRed.admin.deploy([]);
    await run.until('the books stand still', ({ sent }) => sent > 0);
    const nothing = ({ resources, listeners, hooked }: Holdings) => ({ resources, listeners, hooked });
    const before = nothing(await run.holdings());
    assert.equal(before.hooked, false);

    await run.fault('full', 0);
    await run.arrivals(100);
    const listening = ({ listeners }: Holdings) => listeners;
    const { listeners, hooked } = await run.holdings();
    assert.equal(hooked, true);
    for (const kind of [...DEPLOYS, ...DEPLOYS]) {
      await delay(1_000);
      await run.fault(kind, 0);
    }
    await run.arrivals(100);
    assert.equal(run.proxy.connections, CONNECTIONS);
    await comesTo(listening, listeners);

    const books = await run.finish(Infinity);
    assert.equal(books.missing, 0, JSON.stringify(books));
    await run.nodeRed.admin.deploy([]);
    await comesTo(nothing, before);
    assert.equal(run.proxy.connections, 0);
  });
});
