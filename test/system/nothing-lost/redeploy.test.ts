import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { type Holdings, LoadRun, more } from './load-run.js';

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

  /** Waits until the process holds no more than before; what is under way may take a moment to end. */
  async function noMoreThan(before: Holdings): Promise<Holdings> {
    const end = Date.now() + 20_000;
    for (;;) {
      const now = await run.holdings();
      const added = [...more(before.resources, now.resources), ...more(before.listeners, now.listeners)];
      if (added.length === 0) return now;
      if (Date.now() > end) assert.deepEqual(added, []);
      await delay(200);
    }
  }

  it('loses no event and leaves no connection, listener, hook or timer behind', async () => {
    await run.arrivals(100);
    // A source that is removed for good gives up what it has in hand.
    await run.rest();
    await run.nodeRed.admin.deploy([]);
    const before = await run.holdings();
    assert.equal(before.hooked, false);

    await run.fault('full', 0);
    await run.start();
    await run.arrivals(100);
    const { listeners, hooked } = await run.holdings();
    assert.equal(hooked, true);
    for (const kind of [...DEPLOYS, ...DEPLOYS]) {
      await delay(1_000);
      await run.fault(kind, 0);
    }
    await run.arrivals(100);
    assert.equal(run.proxy.connections, CONNECTIONS);
    assert.deepEqual(more(listeners, (await run.holdings()).listeners), []);

    const books = await run.finish(Infinity);
    assert.equal(books.missing, 0, JSON.stringify(books));
    await run.nodeRed.admin.deploy([]);
    assert.equal((await noMoreThan(before)).hooked, false);
    assert.equal(run.proxy.connections, 0);
  });
});
