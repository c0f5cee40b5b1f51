import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fetchCollections } from './collections.js';
import { heading, line, summary, type Row } from './table.js';
import { tryFile } from './try-file.js';

const FORMATS = ['.m', '.json'];

/** The files of a folder and of the folders in it, smallest first. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => FORMATS.includes(path.extname(file)))
    .map((file) => path.join(folder, file))
    .sort((a, b) => statSync(a).size - statSync(b).size);
}

function main(): void {
  const [given] = process.argv.slice(2);
  if (given !== undefined && !existsSync(given)) throw new Error(`There is no folder ${given}.`);
  const folder = given ?? fetchCollections();
  if (folder === undefined) return;
  const rows: Row[] = [];
  console.log(heading());
  for (const file of filesOf(folder)) {
    const row = tryFile(path.relative(folder, file), readFileSync(file, 'utf8'));
    rows.push(row);
    console.log(line(row));
  }
  console.log(summary(rows));
  // A network that is refused with its reason is an answer; one that is read and not solved is worth looking at.
  process.exitCode = rows.some(({ solved, read }) => read && !solved) ? 1 : 0;
}

main();
