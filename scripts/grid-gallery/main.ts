import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fetchCollections } from './collections.js';
import { isSolution, referenceOf } from './reference.js';
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
  if (folder === undefined) {
    process.exitCode = 1;
    return;
  }
  const rows: Row[] = [];
  let compared = 0;
  console.log(heading());
  for (const file of filesOf(folder)) {
    const reference = referenceOf(file);
    const row = tryFile(path.relative(folder, file), readFileSync(file, 'utf8'), reference);
    if (isSolution(reference)) compared++;
    rows.push(row);
    console.log(line(row));
  }
  console.log(summary(rows, compared));
  process.exitCode = rows.some(({ failure }) => failure !== undefined) ? 1 : 0;
}

main();
