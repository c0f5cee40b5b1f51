/** The body of `npm test`. Builds first: system and editor tests load the built package as users do. */
import { spawnSync } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { PORTS_VARIABLE, portsOf } from '../services/service.js';
import { type Service, type ServiceName, SERVICES, ServiceUnavailable } from '../services/index.js';
import { runMocha, type Counts } from './run-mocha.js';
import { sideBySide } from './side-by-side.js';
import { groupsOf, plannedRuns, type Run } from './suites.js';
import { type Row, summarise } from './summary.js';

const root = path.resolve(__dirname, '../..');
const NOTHING: Counts = { passed: 0, failed: 0, skipped: [] };
/** What goes side by side keeps a core busy, and two browsers have no more than two to share. */
const LANES = Math.min(2, os.availableParallelism());
const services = new Map<ServiceName, Promise<Service | ServiceUnavailable>>();

async function main(): Promise<void> {
  const strict = process.env['CI'] === 'true';
  const rows = await allRows(plannedRuns(root, process.argv.slice(2)));
  await stopServices();
  const verdict = summarise(rows, strict);
  console.log(`\n${verdict.text}`);
  process.exit(verdict.ok ? 0 : 1);
}

async function allRows(runs: readonly Run[]): Promise<Row[]> {
  const started = Date.now();
  const build = spawnSync(process.execPath, [path.join(root, 'scripts/build.mjs')], { stdio: 'inherit' });
  if (build.status !== 0) {
    const counts = { ...NOTHING, problem: 'the build failed, so no suite was run' };
    return [{ label: 'build', counts, seconds: (Date.now() - started) / 1000 }];
  }
  const rows: Row[] = [];
  for (const group of groupsOf(runs)) {
    const lanes = Math.min(LANES, group.length);
    if (lanes > 1) console.log(`\nside by side: ${group.map(({ label }) => label).join(', ')}`);
    rows.push(...(await sideBySide(group, lanes, (run, lane) => rowFor(run, lane, lanes))));
  }
  return rows;
}

/** @param lane which of so many it is; beside others it is shown when it has ended, and takes its ports from a part */
async function rowFor(run: Run, lane: number, lanes: number): Promise<Row> {
  const started = Date.now();
  const seconds = () => (Date.now() - started) / 1000;
  const heading = `\n== ${run.label}`;
  if (lanes === 1) console.log(heading);
  const env: Record<string, string> = lanes === 1 ? {} : { [PORTS_VARIABLE]: portsOf(lane, lanes) };
  for (const name of [...run.suite.needs, ...run.suite.uses]) {
    const service = await obtain(name);
    if (!(service instanceof ServiceUnavailable)) {
      Object.assign(env, service.env);
    } else if (run.suite.needs.includes(name)) {
      return { label: run.label, counts: NOTHING, skippedBecause: service.message, seconds: seconds() };
    }
  }
  const print = (output: Buffer) => {
    console.log(heading);
    process.stdout.write(output);
  };
  const counts = await runMocha(root, run, env, lanes === 1 ? undefined : print);
  return { label: run.label, counts, seconds: seconds() };
}

/** Each service is found or started once, by the first suite that wants it. */
function obtain(name: ServiceName): Promise<Service | ServiceUnavailable> {
  const known = services.get(name) ?? found(name);
  services.set(name, known);
  return known;
}

async function found(name: ServiceName): Promise<Service | ServiceUnavailable> {
  const service = await SERVICES[name]().catch((error: unknown) => {
    if (error instanceof ServiceUnavailable) return error;
    throw error;
  });
  console.log(`   ${service instanceof ServiceUnavailable ? service.message : service.description}`);
  return service;
}

async function stopServices(): Promise<void> {
  for (const service of await Promise.all(services.values())) {
    if (!(service instanceof ServiceUnavailable)) await service.stop();
  }
}

process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
