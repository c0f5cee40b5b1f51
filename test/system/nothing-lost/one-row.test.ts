import assert from 'node:assert/strict';
import { NodeRedProcess } from '../../support/node-red-process.js';
import { needsPostgres, TestDatabase } from '../../support/postgres.js';
import { together } from '../../support/together.js';
import { until } from '../../support/wait.js';
import { storedRows } from './stored-rows.js';
import { deploy, name, PATIENCE, publish, source, steady, WaitingRun } from './waiting-run.js';

const EVENTS = 600;
const WINDOW = 100;

interface Kept {
  store: Record<string, unknown>;
  credentials: Record<string, Record<string, string>>;
  rows: (userDir: string) => number | Promise<number>;
  end: () => Promise<void>;
}

const KEPT: Record<string, (context: Mocha.Context) => Promise<Kept>> = {
  SQLite: () =>
    Promise.resolve({
      ...{ store: {}, credentials: {} },
      rows: (userDir) => storedRows(userDir, 'gridwire_outbox'),
      end: () => Promise.resolve(),
    }),
  PostgreSQL: async (context) => {
    needsPostgres(context);
    const database = await TestDatabase.create();
    const { host, port, database: called, user, password } = database.settings;
    return {
      store: { kind: 'postgres', host, port: String(port), database: called },
      credentials: { store: { user, password: password ?? '' } },
      rows: async () => {
        const [row] = await database.query('SELECT count(*) AS count FROM gridwire_outbox');
        return Number(row?.['count']);
      },
      end: () => database.drop(),
    };
  },
};

describe('an event of a source has one place in an outbox', function () {
  this.timeout(180_000);

  async function test(
    context: Mocha.Context,
    make: (context: Mocha.Context) => Promise<Kept>,
  ): Promise<void> {
    const { store, credentials, rows, end } = await make(context);
    const run = await WaitingRun.start(context);
    let nodeRed: NodeRedProcess | undefined;
    try {
      const flow = run.flow([source(), name(), publish()], store);
      const userDir = run.folder();
      nodeRed = await NodeRedProcess.start({ flows: flow, credentials, userDir });
      const whole = flow.map((node) =>
        credentials[node.id] === undefined ? node : { ...node, credentials: credentials[node.id] },
      );
      await Promise.all([nodeRed.waitForLine(/The store is open/, PATIENCE), run.subscribed('in')]);
      await run.give(EVENTS);
      await until('a window of them waits', async () => (await rows(userDir)) === WINDOW, PATIENCE);

      const counts: string[] = [];
      const faults = ['full', 'flows', 'restart', 'kill', 'full', 'kill'] as const;
      for (const fault of faults) {
        if (fault === 'full' || fault === 'flows') await deploy(nodeRed, whole, fault);
        else {
          await (fault === 'kill' ? nodeRed.kill() : nodeRed.stop());
          nodeRed = await NodeRedProcess.start({ userDir });
        }
        counts.push(`${fault} ${await steady(() => rows(userDir))}`);
      }
      assert.deepEqual(
        counts,
        faults.map((fault) => `${fault} ${WINDOW}`),
      );

      run.proxy.resume();
      await run.arrived(EVENTS);
      await until('nothing waits any more', async () => (await rows(userDir)) === 0, PATIENCE);
      assert.deepEqual(run.repeated, []);
    } finally {
      await run.stop(nodeRed);
      await end();
    }
  }

  together(
    2,
    Object.entries(KEPT).map(
      ([called, make]) =>
        [
          `on ${called}, whatever deploys, restarts and kills come while its broker is away`,
          (context) => test(context, make),
        ] as const,
    ),
  );
});
