/**
 * node_modules/.bin/tsx scripts/nightly/store-kills/store-kills.ts [kills] [sqlite|postgres]
 * Kills a writing store with SIGKILL at random moments, by default 100 times with each durability on each database, and
 * as often while it brings an old store up to date: no committed row may be missing.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { EventStore, Durability } from '../../../src/store/event-store.js';
import { openStore, type StoreSettings } from '../../../src/store/connection/open-store.js';
import { startWriter } from '../../../test/unit/store/processes.js';
import { missingRows } from '../missing-rows.js';
import { type Ground, postgresGround, sqliteGround } from './places.js';

const kills = Number(process.argv[2] ?? 100);
const GROUNDS: Record<string, () => Ground | Promise<Ground>> = {
  sqlite: sqliteGround,
  postgres: postgresGround,
};
const OLD_LETTERS = 2_000;
/** A database has to notice first that the killed process is gone. */
const PATIENCE = 10_000;

async function opened(settings: StoreSettings): Promise<EventStore> {
  for (const end = Date.now() + PATIENCE; ;) {
    try {
      return await openStore(settings);
    } catch (error) {
      if (Date.now() > end) throw error;
      await delay(20);
    }
  }
}

async function whileWriting(ground: Ground, durability: Durability): Promise<string> {
  const place = await ground.newPlace();
  const settings = { ...place.settings, durability };
  const committed: number[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    const writer = startWriter(settings);
    await writer.committed(1 + Math.floor(Math.random() * 300));
    committed.push(...(await writer.kill()));
  }
  const store = await opened(settings);
  const lost = (await missingRows(store, committed)).length;
  const problems = await store.verify();
  await store.close();
  await place.remove();
  if (lost + problems.length > 0) process.exitCode = 1;
  return `${kills} kills while writing, durability ${durability}: ${committed.length} rows committed, ${lost} lost, ${problems.length} problems`;
}

/** How long a writer takes from the beginning of its opening to the end of it, milliseconds: the kills spread over that. */
async function openingTime(ground: Ground, durability: Durability): Promise<number> {
  const place = await ground.newPlace();
  await place.layOldStore(OLD_LETTERS);
  const writer = startWriter({ ...place.settings, durability });
  await place.openingBegun();
  const begun = performance.now();
  await writer.opened;
  const took = performance.now() - begun;
  await writer.kill();
  await place.remove();
  return took;
}

async function whileMigrating(ground: Ground, durability: Durability): Promise<string> {
  const spread = await openingTime(ground, durability);
  const versions = new Map<number, number>();
  let lost = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    const place = await ground.newPlace();
    const settings = { ...place.settings, durability };
    await place.layOldStore(OLD_LETTERS);
    const writer = startWriter(settings);
    await place.openingBegun();
    await delay(Math.random() * spread);
    await writer.kill();
    const version = await place.version();
    versions.set(version, (versions.get(version) ?? 0) + 1);
    const store = await opened(settings);
    lost += Math.max(0, OLD_LETTERS - (await store.deadLetters.count({})));
    await store.close();
    await place.remove();
  }
  if (lost > 0) process.exitCode = 1;
  const found = [...versions].sort().map(([version, count]) => `${count} at version ${version}`);
  return `${kills} kills while migrating, durability ${durability} (${found.join(', ')}): ${lost} rows lost`;
}

async function main(): Promise<void> {
  const names = process.argv[3] === undefined ? Object.keys(GROUNDS) : [process.argv[3]];
  for (const name of names) {
    const ground = await GROUNDS[name]!();
    console.log(ground.name);
    for (const durability of ['process', 'power'] as const) {
      console.log(`  ${await whileWriting(ground, durability)}`);
      console.log(`  ${await whileMigrating(ground, durability)}`);
    }
    await ground.close();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
