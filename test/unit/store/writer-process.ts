/**
 * A process that writes to a store until it is killed, and says on its output which rows were committed. Arguments:
 * the store's settings as JSON, and how many writes it keeps under way.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type StoreSettings, openStore } from '../../../src/store/connection/open-store.js';
import type { EventStore } from '../../../src/store/event-store.js';
import { message } from './helpers.js';

/** How long the lock of a killed predecessor may outlive it, milliseconds: a database has to notice its end. */
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

async function main(): Promise<void> {
  const [settings = '', parallel = '8'] = process.argv.slice(2);
  const store = await opened(JSON.parse(settings) as StoreSettings);
  let next = (await store.mirror.count({})) + 1;
  process.stdout.write('open\n');
  const writer = async (): Promise<void> => {
    for (;;) {
      const number = next++;
      await store.mirror.append([{ message: message(`n/${number}`, { number, filler: 'x'.repeat(200) }) }]);
      process.stdout.write(`${number}\n`);
    }
  };
  await Promise.all(Array.from({ length: Number(parallel) }, writer));
}

void main();
