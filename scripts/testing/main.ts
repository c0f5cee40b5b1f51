/** The body of `npm test`. Builds first: system and editor tests load the built package as users do. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { type Service, type ServiceName, SERVICES, ServiceUnavailable } from '../services/index.js';
import { runMocha, type Counts } from './run-mocha.js';
import { plannedRuns, type Run } from './suites.js';
import { type Row, summarise } from './summary.js';

const root = path.resolve(__dirname, '../..');
const NOTHING: Counts = { passed: 0, failed: 0, skipped: [] };
const services = new Map<ServiceName, Service | ServiceUnavailable>();

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
  for (const run of runs) rows.push(await rowFor(run));
  return rows;
}

async function rowFor(run: Run): Promise<Row> {
  const started = Date.now();
  const seconds = () => (Date.now() - started) / 1000;
  console.log(`\n== ${run.label}`);
  const env: Record<string, string> = {};
  for (const name of [...run.suite.needs, ...run.suite.uses]) {
    const service = await obtain(name);
    if (!(service instanceof ServiceUnavailable)) {
      Object.assign(env, service.env);
    } else if (run.suite.needs.includes(name)) {
      return { label: run.label, counts: NOTHING, skippedBecause: service.message, seconds: seconds() };
    }
  }
  return { label: run.label, counts: await runMocha(root, run, env), seconds: seconds() };
}

/** Each service is found or started once, by the first suite that wants it. */
async function obtain(name: ServiceName): Promise<Service | ServiceUnavailable> {
  const known = services.get(name);
  if (known !== undefined) return known;
  const service = await SERVICES[name]().catch((error: unknown) => {
    if (error instanceof ServiceUnavailable) return error;
    throw error;
  });
  console.log(`   ${service instanceof ServiceUnavailable ? service.message : service.description}`);
  services.set(name, service);
  return service;
}

async function stopServices(): Promise<void> {
  for (const service of services.values()) {
    if (!(service instanceof ServiceUnavailable)) await service.stop();
  }
}

process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
