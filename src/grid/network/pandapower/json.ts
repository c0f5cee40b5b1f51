import { refuse } from './refuse.js';

/** Longest document that is read. */
export const MAXIMUM_JSON_LENGTH = 64 * 1024 * 1024;

export type Json = Record<string, unknown>;

/**
 * Reads JSON as Python writes it: with `NaN`, `Infinity` and `-Infinity` for numbers, which become NaN here.
 *
 * @throws GridwireError NETWORK_INVALID when the text is not such JSON or not an object
 */
export function parseJson(text: string): Json {
  if (text.length > MAXIMUM_JSON_LENGTH) {
    throw refuse(`the document is longer than ${MAXIMUM_JSON_LENGTH / 1024 / 1024} MB`);
  }
  let document: unknown;
  try {
    // Editors on Windows begin a file with a mark of its encoding.
    document = JSON.parse(withoutNaN(text.startsWith('\uFEFF') ? text.slice(1) : text));
  } catch (error) {
    throw refuse('the text is not JSON', error);
  }
  if (!isObject(document)) throw refuse('the document is not an object');
  return document;
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is no number becomes null, an empty cell; within strings, where tables are nested, everything stays. */
function withoutNaN(text: string): string {
  if (!text.includes('NaN') && !text.includes('Infinity')) return text;
  const parts: string[] = [];
  let from = 0;
  const word = /["NI]/g;
  for (let match = word.exec(text); match !== null; match = word.exec(text)) {
    if (match[0] === '"') {
      word.lastIndex = endOfString(text, match.index);
      continue;
    }
    const found = WORDS.find(([name]) => text.startsWith(name, match.index));
    if (found === undefined) continue;
    parts.push(text.slice(from, match.index), found[1]);
    from = match.index + found[0].length;
    word.lastIndex = from;
  }
  return parts.join('') + text.slice(from);
}

/** JSON reads a number beyond its range as infinite. */
const WORDS: readonly (readonly [string, string])[] = [
  ['NaN', 'null'],
  ['Infinity', '1e999'],
];

/** The place after the string that begins at `start`; the end of the text when it is not closed. */
function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let slashes = 0;
    while (text[quote - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return quote + 1;
  }
  return text.length;
}
