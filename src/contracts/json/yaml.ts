import type * as Yaml from 'yaml';
import { GridwireError, errorText } from '../../errors.js';
import type { Json } from '../../event.js';
import { toJson } from './json-value.js';

/** Enough for any contract; a text beyond this is not one. */
const MAX_CHARACTERS = 4_000_000;

/** Deeper than any contract, shallow enough for every reader behind. */
const MAX_DEPTH = 100;

/**
 * Reads YAML or JSON written by a person. Anchors are limited, so that ten lines cannot become gigabytes.
 * @throws GridwireError `CONTRACT_INVALID` if it is neither, `BODY_TOO_LARGE`, or `NOT_SUPPORTED` for YAML where the
 *   optional package `yaml` is not installed
 */
export function parseYaml(text: string): Json {
  if (text.length > MAX_CHARACTERS) {
    throw new GridwireError('BODY_TOO_LARGE', `The file has more than ${MAX_CHARACTERS} characters.`);
  }
  const value = /^\s*[{[]/.test(text) ? parseJson(text) : loadYaml().parse(text);
  return toJson(value, { maxBytes: MAX_CHARACTERS, maxDepth: MAX_DEPTH });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new GridwireError('CONTRACT_INVALID', `The text is not JSON: ${errorText(cause)}.`, { cause });
  }
}

interface YamlReader {
  parse(text: string): unknown;
}

function loadYaml(): YamlReader {
  let yaml: typeof Yaml;
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- an optional package, loaded when needed
    yaml = require('yaml') as typeof Yaml;
  } catch (cause) {
    throw new GridwireError(
      'NOT_SUPPORTED',
      'Reading YAML needs the package "yaml", which is not installed. Run "npm install yaml" in the user folder, or give the text as JSON.',
      { cause },
    );
  }
  return {
    parse(text) {
      try {
        return yaml.parse(text, { maxAliasCount: 100, uniqueKeys: true }) as unknown;
      } catch (cause) {
        throw new GridwireError('CONTRACT_INVALID', `The text is not YAML: ${errorText(cause)}.`, { cause });
      }
    },
  };
}
