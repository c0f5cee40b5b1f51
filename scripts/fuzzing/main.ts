/** The body of `npm run fuzz -- <target> [minutes] [--seed n] [--case n] [--cases n]`; without a target it lists them. */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { fire } from './fire.js';
import type { Limits } from './run.js';
import { TARGETS } from './targets/index.js';

/** Where the time alone counts. */
const MOST_CASES = Number.MAX_SAFE_INTEGER;
/** Beyond these a run fails: milliseconds, MB. */
const WORST_STALL = 200;
const MOST_GROWTH = 64;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string' }, case: { type: 'string' }, cases: { type: 'string' } },
});
const [name, minutes = '1'] = positionals;

if (name === undefined) {
  console.log('npm run fuzz -- <target> [minutes] [--seed <n>] [--cases <n>] [--case <n, to replay one>]\n');
  for (const target of TARGETS) console.log(`  ${target.name.padEnd(18)} ${target.what}`);
  console.log('  all                each of them in turn, for so many minutes each');
} else {
  void main(name);
}

async function main(chosen: string): Promise<void> {
  const targets = chosen === 'all' ? TARGETS : TARGETS.filter((target) => target.name === chosen);
  if (targets.length === 0) throw new Error(`There is no target "${chosen}"; npm run fuzz lists them.`);
  const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed);
  const limits: Limits = {
    seed,
    cases: values.case === undefined ? Number(values.cases ?? MOST_CASES) : 1,
    milliseconds:
      values.cases === undefined && values.case === undefined ? Number(minutes) * 60_000 : 3_600_000,
    from: Number(values.case ?? 0),
  };
  let failed = false;
  for (const target of targets) failed = !(await fireAt(target.name, limits)) || failed;
  process.exitCode = failed ? 1 : 0;
}

/** @returns whether nothing was found */
async function fireAt(target: string, limits: Limits): Promise<boolean> {
  console.log(`${target}: seed ${limits.seed}`);
  const begin = Date.now();
  const report = await fire(target, limits);
  const replay = (index: number | string): string =>
    `npm run fuzz -- ${target} --seed ${limits.seed} --case ${index}`;
  if ('how' in report) {
    console.log(`  FOUND: the process ended (${report.how}): ${replay(report.at)}`);
    return false;
  }
  const { cases, finds, worstStall, stalledAt, growth, peak } = report;
  const spent = ((Date.now() - begin) / 60_000).toFixed(1);
  console.log(
    `  ${spent} min, ${cases} cases, worst stall ${worstStall} ms, growth ${growth} MB, peak ${peak} MB, ${finds.length} finds`,
  );
  for (const { index, text } of finds)
    console.log(`  FOUND: ${replay(index)}\n    ${text.replaceAll('\n', '\n    ')}`);
  const isSlow = worstStall > WORST_STALL;
  if (isSlow) console.log(`  FOUND: a stall of ${worstStall} ms: ${replay(stalledAt)}`);
  const grows = growth > MOST_GROWTH;
  if (grows) console.log(`  FOUND: ${growth} MB more than at the beginning are kept`);
  return finds.length === 0 && !isSlow && !grows;
}
