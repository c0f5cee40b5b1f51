import type * as Yaml from 'yaml';
import { BOUNDS } from '../../bounds.js';
import { GridwireError, errorText } from '../../errors.js';
import type { Json } from '../../event.js';
import { parseJsonBody } from './json-body.js';
import { YamlValues } from './yaml-values.js';

export interface YamlReading {
  /** Characters of the text; `documentCharacters` and, for YAML, `yamlCharacters` where nothing is said. */
  characters?: number;
  /** Numbers and truth values without quotes stay the text they are written as: `0123` and `1.10` are names here. */
  asText?: boolean;
}

/** Far more than a document may nest, because texts may have brackets too. The reader is slow to see a deep nest. */
const MAX_BRACKETS = BOUNDS.documentDepth * 5;

/** What begins a value in YAML. Its reader takes up to 15 microseconds for each. */
const YAML_VALUES = /[\n,[{&!]|[-?:] (?=[-?:] )/g;

const LIKE_JSON = /^\s*[{[]/;
const QUOTED = /^[\s{[]*"/;

/**
 * Reads YAML or JSON written by a person: bounded in size, depth, values and in what aliases repeat.
 * @throws GridwireError `CONTRACT_INVALID` if it is neither or says a key twice, `BODY_TOO_LARGE`, or `NOT_SUPPORTED`
 *   for YAML where the optional package `yaml` is not installed
 */
export function parseYaml(text: string, { characters, asText = false }: YamlReading = {}): Json {
  if (LIKE_JSON.test(text) && !asText) {
    assertCharacters(text, characters ?? BOUNDS.documentCharacters);
    try {
      return parseJson(text);
    } catch (error) {
      // YAML may be written in braces too, mostly without quotes around its keys.
      if (QUOTED.test(text)) throw error;
    }
  }
  assertCharacters(text, characters ?? BOUNDS.yamlCharacters);
  if ((text.match(YAML_VALUES)?.length ?? 0) > BOUNDS.yamlValues) {
    throw new GridwireError(
      'BODY_TOO_LARGE',
      `The file has more than ${BOUNDS.yamlValues} lines and values; give a larger one as JSON.`,
    );
  }
  if (brackets(text) > MAX_BRACKETS) {
    throw new GridwireError('CONTRACT_INVALID', 'The YAML cannot be read: it nests too deeply.');
  }
  const yaml = loadYaml();
  try {
    return new YamlValues(yaml, asText).read(documentOf(yaml, text));
  } catch (cause) {
    if (cause instanceof GridwireError) throw cause;
    throw new GridwireError('CONTRACT_INVALID', `The text is not YAML: ${errorText(cause)}.`, { cause });
  }
}

/**
 * The document of a text, up to its first fault: the package lists them all, and takes ten seconds for the faults of a
 * megabyte.
 * @throws GridwireError `CONTRACT_INVALID` with the place
 */
function documentOf(yaml: typeof Yaml, text: string): Yaml.Document.Parsed | undefined {
  const lines = new yaml.LineCounter();
  // The package catches some faults and hands them on as others.
  let first: GridwireError | undefined;
  const refuse = (offset: number, message: string): never => {
    const { line, col } = lines.linePos(offset);
    const what = (message.split('\n', 1)[0] ?? '').slice(0, 200);
    first ??= new GridwireError(
      'CONTRACT_INVALID',
      `The text is not YAML: ${what} (line ${line}, column ${col}).`,
    );
    throw first;
  };
  const composer = new yaml.Composer({ uniqueKeys: false, logLevel: 'error' });
  // The types call it private; it is where the package collects.
  Reflect.set(composer, 'onError', (place: Place, _code: string, message: string) =>
    refuse(offsetOf(place), message),
  );
  let found: Yaml.Document.Parsed | undefined;
  const take = (document: Yaml.Document.Parsed): void => {
    if (found !== undefined) refuse(document.range[0], 'it has several documents, and one is wanted');
    found = document;
  };
  for (const token of new yaml.Parser(lines.addNewLine).parse(text)) {
    if (token.type === 'error') refuse(token.offset, token.message);
    for (const document of composer.next(token)) take(document);
  }
  for (const document of composer.end(true, text.length)) take(document);
  return found;
}

/** How the package says where a fault is. */
type Place = number | [number, number] | { offset: number };

function offsetOf(place: Place): number {
  if (typeof place === 'number') return place;
  return Array.isArray(place) ? place[0] : place.offset;
}

/** How many brackets are open at once, those in texts included. */
function brackets(text: string): number {
  let [open, most] = [0, 0];
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    open = bracket === '[' || bracket === '{' ? open + 1 : Math.max(0, open - 1);
    most = Math.max(most, open);
  }
  return most;
}

function assertCharacters(text: string, limit: number): void {
  if (text.length <= limit) return;
  throw new GridwireError('BODY_TOO_LARGE', `The file has more than ${limit} characters.`);
}

function parseJson(text: string): Json {
  try {
    const limits = { maxBytes: BOUNDS.documentCharacters * 4, maxDepth: BOUNDS.documentDepth };
    return parseJsonBody(Buffer.from(text), limits);
  } catch (cause) {
    throw new GridwireError('CONTRACT_INVALID', `The text is not JSON: ${errorText(cause)}`, { cause });
  }
}

function loadYaml(): typeof Yaml {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- an optional package, loaded when needed
    return require('yaml') as typeof Yaml;
  } catch (cause) {
    throw new GridwireError(
      'NOT_SUPPORTED',
      'Reading YAML needs the package "yaml", which is not installed. Run "npm install yaml" in the user folder, or give the text as JSON.',
      { cause },
    );
  }
}
