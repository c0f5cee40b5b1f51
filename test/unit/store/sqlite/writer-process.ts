/**
 * A process that writes to a store until it is killed, and says on its output which rows were committed. Arguments:
 * file, durability, and how many writes it keeps under way.
 */
import { openSqliteStore } from '../../../../src/store/sqlite/sqlite-store.js';
import { message } from '../helpers.js';

async function main(): Promise<void> {
  const [file = '', durability = 'process', parallel = '8'] = process.argv.slice(2);
  const store = await openSqliteStore({
    kind: 'sqlite',
    file,
    durability: durability as 'process' | 'power',
  });
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
