/**
 * node_modules/.bin/tsx scripts/nightly/power-cut/power-cut.ts [cuts] [durability]
 * Cuts the power under a writing store, by default 100 times with durability `power`: no committed row may be missing,
 * and the store must open within 2 s. With `process` it shows that the simulation takes something away. Needs gcc, and `npm run build` before.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import type * as OpenStore from '../../../src/store/connection/open-store.js';
import { startWriter } from '../../../test/unit/store/processes.js';
import { missingRows } from '../missing-rows.js';

const OPENING_LIMIT_MS = 2_000;
const cuts = Number(process.argv[2] ?? 100);
const durability = process.argv[3] === 'process' ? 'process' : 'power';

/** The built package, as users have it: what is timed is the opening, not a compiler. */
function built(): typeof OpenStore {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the path is that of the built package
  return require('../../../dist/src/store/connection/open-store.js') as typeof OpenStore;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gridwire-power-cut-'));
  const shim = path.join(folder, 'forgetful.so');
  const source = path.join(__dirname, 'forgetful.c');
  const compiled = spawnSync('gcc', ['-shared', '-fPIC', '-O2', '-o', shim, source, '-ldl'], {
    stdio: 'inherit',
  });
  if (compiled.status !== 0) throw new Error('The shim cannot be compiled; gcc is needed.');

  let lost = 0;
  let committed = 0;
  let slowest = 0;
  for (let cut = 0; cut < cuts; cut += 1) {
    const [volatile, durable] = ['volatile', 'durable'].map((name) => path.join(folder, name));
    for (const each of [volatile!, durable!]) {
      rmSync(each, { recursive: true, force: true });
      mkdirSync(each);
    }
    // Half of the cuts hit a store that an earlier one has left.
    if (cut % 2 === 1) cpSync(path.join(folder, 'earlier'), volatile!, { recursive: true });
    cpSync(volatile!, durable!, { recursive: true });
    const writer = startWriter(
      { kind: 'sqlite', file: path.join(volatile!, 'store.db'), durability },
      { LD_PRELOAD: shim, FORGETFUL_FROM: volatile!, FORGETFUL_TO: durable! },
    );
    await writer.committed(1 + Math.floor(Math.random() * 400));
    const rows = await writer.kill();
    committed += rows.length;

    const start = performance.now();
    const file = path.join(durable!, 'store.db');
    const store = await built().openStore({ kind: 'sqlite', file, durability });
    slowest = Math.max(slowest, performance.now() - start);
    lost += (await missingRows(store, rows)).length;
    await store.close();
    cpSync(durable!, path.join(folder, 'earlier'), { recursive: true, force: true });
  }
  rmSync(folder, { recursive: true });
  console.log(
    `${cuts} power cuts, durability ${durability}: ${committed} rows committed, ${lost} lost, slowest opening ${Math.round(slowest)} ms`,
  );
  process.exit(durability === 'power' && (lost > 0 || slowest > OPENING_LIMIT_MS) ? 1 : 0);
}

void main();
