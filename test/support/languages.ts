import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './panels.js';

type Words = Record<string, unknown>;

const read = (...parts: string[]): Words =>
  JSON.parse(readFileSync(path.join(ROOT, 'nodes', ...parts), 'utf8')) as Words;

/** The languages that the nodes speak, as Node-RED calls them. */
export function languages(): string[] {
  return readdirSync(path.join(ROOT, 'nodes/runtime/locales')).map((file) => path.basename(file, '.json'));
}

/** The languages that have help texts. */
export function helpLanguages(): string[] {
  return readdirSync(path.join(ROOT, 'nodes/fields/help')).map((file) => path.basename(file, '.html'));
}

/** All words of a node in a language, the shared ones included, by their keys joined with dots. */
export function wordsOf(folder: string, language: string): Record<string, string> {
  const own = read(folder, 'locales', language, `${folder}.json`);
  return flat({ ...own, gridwire: sharedWords(language) });
}

/** The words that all nodes share, which Node-RED has under `gridwire`. */
export function sharedWords(language: string): Words {
  return read('runtime/locales', `${language}.json`);
}

/** Nested words by their keys joined with dots. */
export function flat(words: Words, prefix = ''): Record<string, string> {
  return Object.assign(
    {},
    ...Object.entries(words).map(([name, value]) =>
      typeof value === 'object'
        ? flat(value as Words, `${prefix}${name}.`)
        : { [prefix + name]: value as string },
    ),
  ) as Record<string, string>;
}
