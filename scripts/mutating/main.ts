/** The body of `npm run mutate`: tries the wrong changes listed in `test/<room>/mutations`, on both cores. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Mutation } from './mutation.js';
import { Workbench } from './workbench.js';

const root = path.resolve(__dirname, '../..');
/** Where the lists of a room are. */
const LISTS: Record<string, string> = { delivery: 'test/simulation/mutations' };

async function main(): Promise<boolean> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: 'string' },
      schedules: { type: 'string', default: '20000' },
      cores: { type: 'string', default: '2' },
    },
  });
  const folder = LISTS[positionals[0] ?? ''];
  if (folder === undefined) throw new Error(`Say which: npm run mutate -- ${Object.keys(LISTS).join(' | ')}`);
  const all = await mutationsIn(path.join(root, folder));
  const chosen = all.filter(({ name }) => values.only === undefined || name.includes(values.only));
  const missed: string[] = [];
  const waiting = [...chosen];
  await Promise.all(
    Array.from({ length: Number(values.cores) }, async () => {
      const bench = new Workbench(root, Number(values.schedules));
      try {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
          const { found, how, seconds } = await bench.try(next);
          const fault = next.fault === undefined ? '' : ` (fault ${next.fault})`;
          const by = next.test ?? 'the simulator';
          console.log(
            `${found ? 'found ' : 'MISSED'} ${next.name}${fault}, by ${by} in ${seconds.toFixed(0)} s`,
          );
          if (found) console.log(`         ${how}`);
          else missed.push(next.name);
        }
      } finally {
        bench.close();
      }
    }),
  );
  console.log(`\n${chosen.length - missed.length} of ${chosen.length} found`);
  for (const name of missed) console.log(`missed: ${name}`);
  return missed.length === 0;
}

async function mutationsIn(folder: string): Promise<Mutation[]> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  const lists = await Promise.all(
    files.map((name) => import(path.join(folder, name)) as Promise<{ mutations: Mutation[] }>),
  );
  return lists.flatMap(({ mutations }) => mutations);
}

main().then(
  (all) => process.exit(all ? 0 : 1),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
