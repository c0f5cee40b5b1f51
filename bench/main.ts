/** The body of `npm run bench`: lists the benchmarks, or runs one. Exit status 1 if a target was missed. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build, isBuilt } from '../scripts/starting/build.js';
import { SERVICES } from '../scripts/services/index.js';
import { type Bench, compare, type Outcome } from './harness.js';
import { jsonLine, report } from './report.js';

const ENDING = '.bench.ts';

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean' }, repeats: { type: 'string', default: '5' } },
  });
  const [name] = positionals;
  if (name === undefined) {
    for (const known of names()) console.log(`${known.padEnd(12)} ${load(known).description}`);
    return;
  }
  if (!names().includes(name))
    throw new Error(`There is no benchmark "${name}"; there are: ${names().join(', ')}`);
  const repeats = Number(values.repeats);
  if (!Number.isInteger(repeats) || repeats < 1) throw new Error('--repeats must be a whole number above 0');

  const root = path.resolve(__dirname, '..');
  if (!isBuilt(root) && !build(root)) throw new Error('The build failed; its messages are above.');
  const bench = load(name);
  const outcomes = await run(bench, repeats);
  if (values.json === true) console.log(jsonLine(name, outcomes));
  process.exit(outcomes.every(({ ok }) => ok) ? 0 : 1);
}

async function run(bench: Bench, repeats: number): Promise<Outcome[]> {
  const services = [];
  for (const needed of bench.needs) {
    const service = await SERVICES[needed]();
    services.push(service);
    Object.assign(process.env, service.env);
  }
  try {
    const outcomes: Outcome[] = [];
    for (const comparison of bench.comparisons()) {
      console.log(`${comparison.id}: ${comparison.ours.name} against ${comparison.peer.name}`);
      const progress = (ours: number, peer: number) =>
        console.log(`  ${Math.round(ours)} : ${Math.round(peer)} ${comparison.unit}`);
      outcomes.push(await compare(comparison, repeats, progress));
    }
    const software = [...bench.software(), ...services.map(({ description }) => description)];
    console.log(`\n${report(bench.description, software, outcomes)}`);
    return outcomes;
  } finally {
    for (const service of services) await service.stop();
  }
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
