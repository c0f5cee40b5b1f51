import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startPostgreSql } from '../../services/index.js';
import type { WireMessage } from '../../../src/event.js';
import { openStore, type StoreSettings } from '../../../src/store/connection/open-store.js';
import type { EventStore } from '../../../src/store/event-store.js';
import { storableText } from '../../../src/store/sql/storable.js';
import { TestDatabase } from '../../../test/support/postgres.js';
import type { Chance } from '../generator.js';
import { type Fire, refusable, type Target } from '../target.js';
import { hostileHeaders } from './messages.js';

const KEPT = { mirror: 1_000, age: 1 };

function hostileMessage(chance: Chance): WireMessage {
  return {
    ...{ topic: chance.text(200), body: chance.bytes(3_000), retain: chance.is(0.5) },
    ...{ qos: chance.pick([0, 1, 2] as const), headers: hostileHeaders(chance) },
    ...(chance.is(0.3) ? { key: chance.is(0.5) ? chance.text() : chance.bytes(20) } : {}),
    ...(chance.is(0.3) ? { contentType: chance.text() } : {}),
    ...(chance.is(0.3) ? { expiresAt: chance.pick([0, 1.5, 1e15, Date.now()]) } : {}),
  };
}

/** Writes what is hostile in every place, and reads it back: what comes back is what went in, or it was refused. */
async function shootAt(store: EventStore, chance: Chance): Promise<void> {
  const message = hostileMessage(chance);
  await refusable(async () => {
    await store.mirror.append([{ message }]);
    const [newest] = (await store.mirror.read({}, 0, 100_000)).slice(-1);
    if (newest === undefined || Buffer.compare(newest.message.body, message.body) !== 0)
      throw new Error('The mirror gives back another body.');
    // What no database takes in a text has a mark in its place, and cannot come in a topic.
    if (newest.message.topic !== storableText(message.topic))
      throw new Error(
        `The mirror gives back another topic: ${JSON.stringify([message.topic, newest.message.topic])}`,
      );
  });
  await refusable(() =>
    store.deadLetters.add([
      {
        ...{ message, code: 'SCHEMA_VIOLATION', reason: chance.text(500), fault: 'permanent' },
        ...{ failedAt: chance.pick([0, 1.5, Date.now(), 9e15]), record: { any: chance.json() } },
      },
    ]),
  );
  const parked = { attempts: 1, nextAttemptAt: Date.now() * chance.next(), reason: chance.text() };
  await refusable(() => store.parked.park(chance.text(50), [{ ...parked, key: chance.text(), message }]));
  await refusable(() =>
    store.deduplication.mark(chance.text(50), [chance.text(), chance.text()], Date.now()),
  );
  await refusable(() =>
    store.lastValues.put([
      { scope: chance.text(30), key: chance.text(), value: chance.json(), time: chance.next() },
    ]),
  );
  await refusable(() =>
    store.deadLetters.newest({ text: chance.text(), topicFilter: chance.text() }, 1e15, 10),
  );
  await refusable(() =>
    store.audit.add({ at: 1, actor: chance.text(), action: 'edit', details: { a: chance.json() } }),
  );
  if (chance.is(0.1)) await refusable(() => store.erase(chance.text(30), chance.text()));
  if (chance.is(0.05))
    await store.applyRetention({ mirrorAge: KEPT.age, deadLetterAge: KEPT.age, auditAge: KEPT.age });
}

async function start(settings: StoreSettings, remove: () => Promise<void>): Promise<Fire> {
  const store = await openStore(settings);
  return {
    shoot: (chance) => shootAt(store, chance),
    stop: async () => {
      const problems = await store.verify();
      await store.close();
      await remove();
      if (problems.length > 0) throw new Error(problems.join('\n'));
    },
  };
}

export const sqliteStore: Target = {
  name: 'store-sqlite',
  what: 'everybody: what is kept in SQLite',
  start: () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'gridwire-fuzz-store-'));
    return start({ kind: 'sqlite', file: path.join(folder, 'store.db') }, () => {
      rmSync(folder, { recursive: true, force: true });
      return Promise.resolve();
    });
  },
};

export const postgresStore: Target = {
  name: 'store-postgres',
  what: 'everybody: what is kept in PostgreSQL',
  start: async () => {
    const server = process.env['GRIDWIRE_POSTGRES_URL'] ? undefined : await startPostgreSql();
    Object.assign(process.env, server?.env);
    const database = await TestDatabase.create();
    return start(database.settings, async () => {
      await database.drop();
      await server?.stop();
    });
  },
};
