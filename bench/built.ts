import path from 'node:path';

/**
 * A module of the built package: what users run. The loader that benchmarks run under adds calls of its own to the sources.
 * @param file from `dist`; built before a benchmark is loaded
 */
export function built<Module>(file: string): Module {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- built only when the benchmark runs
  return require(path.resolve(__dirname, '../dist', file)) as Module;
}
