/**
 * Tries schedules: `--schedules 1000 --from 1`, or one of them again, told in full: `--seed 123`. Ends with 1 at the
 * first that breaks a promise, and prints its seed.
 */
import { parseArgs } from 'node:util';
import { machines } from './machines/gridwire.js';
import { run, scheduleOf } from './schedule.js';
import { shrink } from './shrink.js';

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      from: { type: 'string', default: '1' },
      schedules: { type: 'string', default: '1000' },
      /** Only schedules of this shape: in, out, through. */
      shape: { type: 'string' },
      /** Prints every step of the schedule as it is, instead of the shortest story. */
      whole: { type: 'boolean', default: false },
      /** Does not look for the shortest story. */
      quick: { type: 'boolean', default: false },
    },
  });
  // Errors are made by the thousand here, and nobody reads where.
  Error.stackTraceLimit = 0;
  const from = Number(values.seed ?? values.from);
  const end = from + (values.seed === undefined ? Number(values.schedules) : 1);
  for (let seed = from; seed < end; seed += 1) {
    const schedule = scheduleOf(seed);
    if (values.shape !== undefined && values.shape !== schedule.profile.shape) continue;
    const failure = await run(schedule, machines);
    if (failure === undefined) continue;
    console.log(`seed ${seed}: ${failure.message}`);
    if (values.quick) return false;
    Error.stackTraceLimit = 10;
    const told = values.whole ? { schedule, failure } : await shrink(schedule, failure, machines);
    const { weights, ...bounds } = told.schedule.profile;
    console.log(`${JSON.stringify(bounds)}\n${told.failure.story.join('\n')}\n${told.failure.message}`);
    return false;
  }
  console.log(`${end - from} schedules from seed ${from}: every promise held`);
  return true;
}

main().then(
  (held) => process.exit(held ? 0 : 1),
  (error: unknown) => {
    console.error(error);
    process.exit(2);
  },
);
