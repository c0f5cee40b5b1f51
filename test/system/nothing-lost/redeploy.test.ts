import assert from 'node:assert/strict';
import { until } from '../../support/wait.js';
import { type Holdings, LoadRun, more } from './load-run.js';

const LOAD = { version: 5, qos: 1, rate: 500, outboxCount: 10_000, store: true } as const;
const DEPLOYS = ['full', 'nodes', 'flows', 'nodes', 'full', 'flows'] as const;
/** One out and one in. */
const CONNECTIONS = 2;

describe('one redeploy after the other under load', function () {
  this.timeout(240_000);
  let run: LoadRun;

  beforeEach(async function () {
    run = await LoadRun.start(this, LOAD);
  });
  afterEach(() => run.stop());

  /** Waits until the process holds no more than before; what is under way may take a moment to end. */
  async function noMoreThan(before: Holdings): Promise<Holdings> {
    let now = before;
    let added: string[] = [];
    const isFree = async (): Promise<boolean> => {
      now = await run.holdings();
      added = [...more(before.resources, now.resources), ...more(before.listeners, now.listeners)];
      return added.length === 0;
    };
    await until('nothing more is held', isFree, 20_000).catch(() => assert.deepEqual(added, []));
    return now;
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
      await run.arrivals(LOAD.rate);
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
