import assert from 'node:assert/strict';
import type { FlowNode } from '../../support/node-red-admin.js';
import { NodeRedProcess } from '../../support/node-red-process.js';
import { needsPostgres, Proxy, TestDatabase } from '../../support/postgres.js';
import { until } from '../../support/wait.js';
import { deploy, name, PATIENCE, publish, source, steady, WaitingRun } from './waiting-run.js';

/** Of each instance; all fit into a source's window. */
const EVENTS = 90;

describe('two instances with one PostgreSQL database', function () {
  this.timeout(200_000);
  let run: WaitingRun;
  let database: TestDatabase;
  /** The first one's way to the database. */
  let proxy: Proxy;
  let proxyPort: number | undefined;
  let nodeReds: NodeRedProcess[] = [];

  beforeEach(async function () {
    needsPostgres(this);
    run = await WaitingRun.start(this);
    database = await TestDatabase.create();
    const way = await Proxy.to(database.settings);
    [proxy, proxyPort] = [way.proxy, way.settings.port];
  });
  afterEach(async () => {
    for (const { isRunning, pid } of nodeReds) if (isRunning) process.kill(pid, 'SIGCONT');
    await run.stop(...nodeReds);
    nodeReds = [];
    await proxy.close();
    await database.drop();
  });

  const secret = () => ({ user: database.settings.user, password: database.settings.password ?? '' });
  function flow(instance: 'one' | 'two'): FlowNode[] {
    const { host, port } = database.settings;
    const way = (instance === 'one' ? proxyPort : port) ?? 5432;
    const store = { kind: 'postgres', host, port: String(way), database: database.name, instance };
    return run
      .flow([source('in', { filter: `in/${instance}` }), name(), publish()], store)
      .map((node) => (node.id === 'source' ? { ...node, clientId: instance } : node))
      .map((node) => (node.id === 'store' ? { ...node, credentials: secret() } : node));
  }
  async function start(instance: 'one' | 'two'): Promise<NodeRedProcess> {
    const nodeRed = await NodeRedProcess.start({ flows: flow(instance), credentials: { store: secret() } });
    nodeReds.push(nodeRed);
    await Promise.all([nodeRed.waitForLine(/The store is open/, PATIENCE), run.subscribed(`in/${instance}`)]);
    return nodeRed;
  }
  async function rows(instance?: string): Promise<number> {
    const [row] = await database.query('SELECT count(*) AS count FROM gridwire_outbox WHERE queue LIKE $1', [
      `${instance ?? ''}%`,
    ]);
    return Number(row?.['count']);
  }

  it('keep their events apart as long as both live, and what a dead one left is sent by the other', async () => {
    const one = await start('one');
    await run.give(EVENTS, 0, 'in/one');
    await until('the events of one wait', async () => (await rows('one')) === EVENTS, PATIENCE);
    const two = await start('two');
    await run.give(EVENTS, 1_000, 'in/two');
    await until('the events of both wait', async () => (await rows('two')) === EVENTS, PATIENCE);
    for (let times = 0; times < 2; times += 1) await deploy(two, flow('two'), 'full');
    // A lost connection is not a death.
    proxy.cut();
    proxy.mend();
    await deploy(two, flow('two'), 'full');
    await steady(() => rows('two'));
    assert.equal(await rows('one'), EVENTS);
    assert.equal(await rows('two'), EVENTS);
    // That it is dead is known some time after its last sign of life, without any deploy.
    await one.kill();
    run.proxy.resume();
    await run.arrived(2 * EVENTS);
    await until('nothing waits any more', async () => (await rows()) === 0, PATIENCE);
    assert.deepEqual(run.repeated, []);
  });

  it('take over from one that sleeps too long, which finds out as it wakes', async () => {
    const one = await start('one');
    await run.give(EVENTS, 0, 'in/one');
    await until('the events of one wait', async () => (await rows('one')) === EVENTS, PATIENCE);
    process.kill(one.pid, 'SIGSTOP');
    await database.endSessions();
    const two = await start('two');
    await until(
      'the sleeper is taken for dead',
      async () => {
        await deploy(two, flow('two'), 'full');
        return (await rows('two')) === EVENTS;
      },
      PATIENCE,
    );
    process.kill(one.pid, 'SIGCONT');
    await steady(() => one.lines.length);
    run.proxy.resume();
    await run.arrived(EVENTS);
    await until('nothing waits any more', async () => (await rows()) === 0, PATIENCE);
    await steady(() => [...run.came.values()].reduce((sum, times) => sum + times, 0));
    assert.deepEqual(run.repeated, []);
  });
});
