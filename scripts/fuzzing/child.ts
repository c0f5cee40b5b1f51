/** The process that is fired at: `child.ts <target> <limits as JSON> <file for the case at hand>`. */
import { openSync, writeSync } from 'node:fs';
import { run, type Limits } from './run.js';
import { TARGETS } from './targets/index.js';

// Whoever started this one waits for its report, also while nothing else keeps it alive.
process.channel?.ref();
process.on('disconnect', () => process.exit(1));

const [name, limits = '', file = ''] = process.argv.slice(2);
const place = openSync(file, 'w');
const target = TARGETS.find((each) => each.name === name);
if (target === undefined) throw new Error(`There is no target ${String(name)}.`);
void run(target, JSON.parse(limits) as Limits, (index) => {
  writeSync(place, String(index).padEnd(12), 0);
}).then(
  (report) => process.send?.(report, () => process.exit()),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
