/**
 * A process that replays a store's events until it is done or killed. Arguments: the store's file, and a file to which
 * it appends the number of each event as it would go to a broker (four bytes). Says at its end how much its memory grew.
 */
import { openSync, writeSync } from 'node:fs';
import { Replay } from '../../../src/delivery/history/replay.js';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.js';

async function main(): Promise<void> {
  const [file = '', sent = ''] = process.argv.slice(2);
  const store = await openSqliteStore({ kind: 'sqlite', file, lockWait: 10_000 });
  const target = openSync(sent, 'a');
  const base = process.memoryUsage.rss();
  let peak = 0;
  const replay = await Replay.prepare(
    store,
    { name: 'volume', query: {}, pace: { kind: 'unlimited' } },
    {
      isCommand: () => false,
      publish: ({ body }) => {
        const { number } = JSON.parse(Buffer.from(body).toString()) as { number: number };
        const bytes = Buffer.alloc(4);
        bytes.writeUInt32BE(number);
        writeSync(target, bytes);
        return Promise.resolve();
      },
    },
  );
  replay.on('progress', () => (peak = Math.max(peak, process.memoryUsage.rss() - base)));
  const { state, done } = await replay.run();
  await store.close();
  console.log(JSON.stringify({ state, done, peak }));
}

void main();
