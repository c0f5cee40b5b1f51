/**
 * node_modules/.bin/tsx scripts/nightly/simulation.ts [schedules] [first seed]
 * Tries a million schedules of the delivery simulator, or as many as are given, in two processes. Each night begins at
 * another seed, unless one is given.
 */
import { onBothCores } from '../../test/simulation/both-cores.js';

const schedules = Number(process.argv[2] ?? 1_000_000);
/** Seeds of other days are far enough away. */
const from = Number(process.argv[3] ?? Math.floor(Date.now() / 86_400_000) * 1_000_000);

async function main(): Promise<void> {
  const started = Date.now();
  const broken = await onBothCores(from, schedules);
  const seconds = (Date.now() - started) / 1000;
  const rate = (schedules / seconds).toFixed(0);
  if (broken === undefined)
    console.log(
      `${schedules} schedules from seed ${from} in ${seconds.toFixed(0)} s (${rate} a second): every promise held`,
    );
  else console.log(`after ${seconds.toFixed(0)} s:\n${broken}`);
  if (broken !== undefined) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
