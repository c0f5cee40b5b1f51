/** `npx tsx scripts/nightly/fuzz.ts [minutes]`: fires at every target for an hour each, by a seed that it prints. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const { status } = spawnSync(
  process.execPath,
  [path.resolve(__dirname, '../fuzz.mjs'), 'all', process.argv[2] ?? '60'],
  { stdio: 'inherit' },
);
process.exit(status ?? 1);
