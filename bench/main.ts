/** The body of `npm run bench`: lists the benchmarks, or runs one or all. Exit status 1 if a target was missed. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build, isBuilt } from '../scripts/starting/build.js';
import { SERVICES, ServiceUnavailable } from '../scripts/services/index.js';
import { type Bench, byProcessor, compare, type Comparison, type Outcome } from './harness.js';
import { jsonLine, type Missing, report } from './report.js';

const ENDING = '.bench.ts';
const ALL = 'all';

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean' },
      repeats: { type: 'string', default: '5' },
      only: { type: 'string' },
    },
  });
  const [name] = positionals;
  // Benchmarks name what they measure when they are loaded.
  const root = path.resolve(__dirname, '..');
  if (!isBuilt(root) && !build(root)) throw new Error('The build failed; its messages are above.');
  if (name === undefined) {
    for (const known of names()) console.log(`${known.padEnd(12)} ${load(known).description}`);
    return;
  }
  if (name === ALL) process.exit(runAll());
  if (!names().includes(name))
    throw new Error(`There is no benchmark "${name}"; there are: ${names().join(', ')}, and ${ALL}`);
  const repeats = Number(values.repeats);
  if (!Number.isInteger(repeats) || repeats < 1) throw new Error('--repeats must be a whole number above 0');

  const bench = load(name);
  const { outcomes, missing } = await run(bench, repeats, values.only);
  if (values.json === true) console.log(jsonLine(name, outcomes, missing));
  process.exit(missing.length === 0 && outcomes.every(({ ok }) => ok) ? 0 : 1);
}

/** Each in a process of its own, so that none is measured in what another left behind. */
function runAll(): number {
  const others = process.argv.slice(2).filter((argument) => argument !== ALL);
  const failed = names().filter((name) => {
    const command = [...process.execArgv, process.argv[1]!, name, ...others];
    return spawnSync(process.execPath, command, { stdio: 'inherit' }).status !== 0;
  });
  if (failed.length > 0) console.log(`\nMissed a target, or could not be run: ${failed.join(', ')}`);
  return failed.length === 0 ? 0 : 1;
}

async function run(
  bench: Bench,
  repeats: number,
  only?: string,
): Promise<{ outcomes: Outcome[]; missing: Missing[] }> {
  const comparisons = bench.comparisons().filter(({ id }) => only === undefined || id === only);
  if (comparisons.length === 0)
    throw new Error(
      `--only must be one of: ${bench
        .comparisons()
        .map(({ id }) => id)
        .join(', ')}`,
    );
  const services = [];
  for (const needed of bench.needs) {
    const service = await SERVICES[needed]();
    services.push(service);
    Object.assign(process.env, service.env);
  }
  try {
    const outcomes: Outcome[] = [];
    const missing: Missing[] = [];
    for (const comparison of comparisons) {
      try {
        outcomes.push(...(await outcomesOf(comparison, repeats)));
      } catch (error) {
        if (!(error instanceof ServiceUnavailable)) throw error;
        missing.push({ id: comparison.id, missing: error.message });
      }
    }
    const software = [...bench.software(), ...services.map(({ description }) => description)];
    console.log(`\n${report(bench.description, software, outcomes, missing)}`);
    return { outcomes, missing };
  } finally {
    for (const service of services) await service.stop();
  }
}

async function outcomesOf(comparison: Comparison, repeats: number): Promise<Outcome[]> {
  console.log(`${comparison.id}: ${comparison.ours.name} against ${comparison.peer.name}`);
  const progress = (ours: number, peer: number) =>
    console.log(`  ${Math.round(ours)} : ${Math.round(peer)} ${comparison.unit}`);
  const outcome = await compare(comparison, repeats, progress);
  const second = comparison.byProcessor;
  return second === undefined ? [outcome] : [outcome, byProcessor(outcome, second)];
}

function names(): string[] {
  return readdirSync(__dirname)
    .filter((file) => file.endsWith(ENDING))
    .map((file) => file.slice(0, -ENDING.length));
}

function load(name: string): Bench {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the name comes from the command line
  return (require(`./${name}${ENDING}`) as { default: Bench }).default;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
