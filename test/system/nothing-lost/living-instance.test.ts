import assert from 'node:assert/strict';
import type { FlowNode } from '../../support/node-red-admin.js';
import { NodeRedProcess } from '../../support/node-red-process.js';
import { needsPostgres, Proxy, TestDatabase } from '../../support/postgres.js';
import { together } from '../../support/together.js';
import { until } from '../../support/wait.js';
import { deploy, name, PATIENCE, publish, source, steady, WaitingRun } from './waiting-run.js';

/** Of each instance; all fit into a source's window. */
const EVENTS = 90;

/** Two Node-REDs that share a database; the first has a way to it that can be cut. */
class Pair {
  private readonly nodeReds: NodeRedProcess[] = [];

  private constructor(
    readonly run: WaitingRun,
    readonly database: TestDatabase,
    readonly proxy: Proxy,
    private readonly proxyPort: number | undefined,
  ) {}

  static async with(context: Mocha.Context, work: (pair: Pair) => Promise<void>): Promise<void> {
    needsPostgres(context);
    const run = await WaitingRun.start(context);
    const database = await TestDatabase.create();
    const way = await Proxy.to(database.settings);
    const pair = new Pair(run, database, way.proxy, way.settings.port);
    try {
      await work(pair);
    } finally {
      for (const { isRunning, pid } of pair.nodeReds) if (isRunning) process.kill(pid, 'SIGCONT');
      await run.stop(...pair.nodeReds);
      await way.proxy.close();
      await database.drop();
    }
  }

  private get secret() {
    return { user: this.database.settings.user, password: this.database.settings.password ?? '' };
  }

  flow(instance: 'one' | 'two'): FlowNode[] {
    const { host, port } = this.database.settings;
    const way = (instance === 'one' ? this.proxyPort : port) ?? 5432;
    const store = { kind: 'postgres', host, port: String(way), database: this.database.name, instance };
    return this.run
      .flow([source('in', { filter: `in/${instance}` }), name(), publish()], store)
      .map((node) => (node.id === 'source' ? { ...node, clientId: instance } : node))
      .map((node) => (node.id === 'store' ? { ...node, credentials: this.secret } : node));
  }

  async start(instance: 'one' | 'two'): Promise<NodeRedProcess> {
    const credentials = { store: this.secret };
    const nodeRed = await NodeRedProcess.start({ flows: this.flow(instance), credentials });
    this.nodeReds.push(nodeRed);
    await Promise.all([
      nodeRed.waitForLine(/The store is open/, PATIENCE),
      this.run.subscribed(`in/${instance}`),
    ]);
    return nodeRed;
  }

  async rows(instance?: string): Promise<number> {
    const like = `${instance ?? ''}%`;
    const [row] = await this.database.query(
      'SELECT count(*) AS count FROM gridwire_outbox WHERE queue LIKE $1',
      [like],
    );
    return Number(row?.['count']);
  }
}

async function liveApart(pair: Pair): Promise<void> {
  const one = await pair.start('one');
  await pair.run.give(EVENTS, 0, 'in/one');
  await until('the events of one wait', async () => (await pair.rows('one')) === EVENTS, PATIENCE);
  const two = await pair.start('two');
  await pair.run.give(EVENTS, 1_000, 'in/two');
  await until('the events of both wait', async () => (await pair.rows('two')) === EVENTS, PATIENCE);
  for (let times = 0; times < 2; times += 1) await deploy(two, pair.flow('two'), 'full');
  // A lost connection is not a death.
  pair.proxy.cut();
  pair.proxy.mend();
  await deploy(two, pair.flow('two'), 'full');
  await steady(() => pair.rows('two'));
  assert.equal(await pair.rows('one'), EVENTS);
  assert.equal(await pair.rows('two'), EVENTS);
  // That it is dead is known some time after its last sign of life, without any deploy.
  await one.kill();
  pair.run.proxy.resume();
  await pair.run.arrived(2 * EVENTS);
  await until('nothing waits any more', async () => (await pair.rows()) === 0, PATIENCE);
  assert.deepEqual(pair.run.repeated, []);
}

async function takesOver(pair: Pair): Promise<void> {
  const one = await pair.start('one');
  await pair.run.give(EVENTS, 0, 'in/one');
  await until('the events of one wait', async () => (await pair.rows('one')) === EVENTS, PATIENCE);
  process.kill(one.pid, 'SIGSTOP');
  await pair.database.endSessions();
  const two = await pair.start('two');
  await until(
    'the sleeper is taken for dead',
    async () => {
      await deploy(two, pair.flow('two'), 'full');
      return (await pair.rows('two')) === EVENTS;
    },
    PATIENCE,
  );
  process.kill(one.pid, 'SIGCONT');
  await steady(() => one.lines.length);
  pair.run.proxy.resume();
  await pair.run.arrived(EVENTS);
  await until('nothing waits any more', async () => (await pair.rows()) === 0, PATIENCE);
  await steady(() => [...pair.run.came.values()].reduce((sum, times) => sum + times, 0));
  assert.deepEqual(pair.run.repeated, []);
}

describe('two instances with one PostgreSQL database', function () {
  this.timeout(200_000);
  together(2, [
    [
      'keep their events apart as long as both live, and what a dead one left is sent by the other',
      (context) => Pair.with(context, liveApart),
    ],
    [
      'take over from one that sleeps too long, which finds out as it wakes',
      (context) => Pair.with(context, takesOver),
    ],
  ]);
});
