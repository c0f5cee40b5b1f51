import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** The source files of the package and what each imports, both as paths from the root with forward slashes. */
export type Modules = ReadonlyMap<string, readonly string[]>;

/** Reads every TypeScript file below the folders. */
export function readModules(root: string, folders: readonly string[]): Modules {
  const files = folders.flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => `${folder}/${file.split(path.sep).join('/')}`),
  );
  return new Map(files.map((file) => [file, importsOf(file, readFileSync(path.join(root, file), 'utf8'))]));
}

/**
 * What a file imports, exports from, requires or names as a type, type-only imports included. Files of ours are given
 * by path, anything else as it is written: `mqtt`, `node:fs`.
 */
export function importsOf(file: string, text: string): string[] {
  const found = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
  return [...new Set(found)].map((specifier) =>
    specifier.startsWith('.')
      ? path.posix.join(path.posix.dirname(file), specifier).replace(/\.js$/, '.ts')
      : specifier,
  );
}

/** Every group of files that import each other in a circle, each as the path round it. */
export function circles(modules: Modules): string[] {
  const found: string[] = [];
  const finished = new Set<string>();
  const visit = (file: string, way: readonly string[]): void => {
    const start = way.indexOf(file);
    if (start !== -1) {
      found.push([...way.slice(start), file].join(' -> '));
      return;
    }
    if (finished.has(file)) return;
    for (const imported of modules.get(file) ?? []) visit(imported, [...way, file]);
    finished.add(file);
  };
  for (const file of modules.keys()) visit(file, []);
  return found;
}

/**
 * The rooms (folders) and what they import from each other. An `index.ts` is the roof over its room, and may know the
 * rooms inside; it stands alone here.
 */
export function rooms(modules: Modules): Modules {
  const roomOf = (file: string): string =>
    path.posix.basename(file) === 'index.ts' ? file : path.posix.dirname(file);
  const found = new Map<string, Set<string>>();
  for (const [file, imports] of modules) {
    const known = found.get(roomOf(file)) ?? new Set();
    found.set(roomOf(file), known);
    for (const imported of imports)
      if (modules.has(imported) && roomOf(imported) !== roomOf(file)) known.add(roomOf(imported));
  }
  return new Map([...found].map(([room, known]) => [room, [...known]]));
}
