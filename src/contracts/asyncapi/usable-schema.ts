import { errorText } from '../../errors.js';
import type { Json, JsonObject } from '../../event.js';
import { linearPattern } from '../../untrusted/linear-pattern.js';
import { isObject } from '../json/json-value.js';
import { isKnownFormat } from '../schema-compiler.js';
import type { ImportNotes } from './notes.js';

/** Members that say nothing about validity, or that mean nothing once references are filled in. */
const SILENT = new Set([
  'discriminator',
  'externalDocs',
  'example',
  'xml',
  'deprecated',
  '$id',
  'id',
  '$schema',
  '$anchor',
]);
/** Keywords that hold schemas by name; the names are somebody's own. */
const MAPS = new Set([
  'properties',
  'patternProperties',
  'definitions',
  '$defs',
  'dependentSchemas',
  'dependencies',
]);
/** Keywords that hold values. */
const VALUES = new Set(['const', 'default', 'examples', 'enum', 'required']);
/** They would call the schema from within itself, which can take for ever. */
const RECURSIVE = new Set(['$recursiveRef', '$dynamicRef', '$recursiveAnchor', '$dynamicAnchor']);

/**
 * A schema of somebody else as the compiler takes it: formats that it does not know, and patterns that it cannot run in
 * linear time, are left out with a note instead of making the whole document useless. A keyword that it does not know
 * makes it refuse the schema, because `requried` would otherwise check nothing.
 * @param draft what its `$schema` will be, if it names none that is supported
 */
export function usableSchema(
  schema: JsonObject,
  draft: string,
  where: string,
  notes: ImportNotes,
): JsonObject {
  const named = schema['$schema'];
  const $schema = typeof named === 'string' && /2019-09|2020-12/.test(named) ? named : draft;
  const clean = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(clean);
    return isObject(value) ? cleanObject(value) : value;
  };
  const cleanObject = (object: JsonObject): JsonObject => {
    const result: JsonObject = {};
    for (const [keyword, value] of Object.entries(object)) {
      if (SILENT.has(keyword)) continue;
      const reason = leftOut(keyword, value);
      if (reason === undefined) result[keyword] = VALUES.has(keyword) ? value : cleanMember(keyword, value);
      else notes.add(`${where}: ${reason}.`);
    }
    return result;
  };
  const cleanMember = (keyword: string, value: Json): Json => {
    if (!MAPS.has(keyword) || !isObject(value)) return clean(value);
    const kept = Object.entries(value).filter(([name]) => {
      const reason = keyword === 'patternProperties' ? unusablePattern(name) : undefined;
      if (reason !== undefined) notes.add(`${where}: ${reason}.`);
      return reason === undefined;
    });
    return Object.fromEntries(kept.map(([name, member]) => [name, clean(member)]));
  };
  return { $schema, ...cleanObject(schema) };
}

/** Why a member of a schema is not carried over; undefined where it is. */
function leftOut(keyword: string, value: Json): string | undefined {
  if (RECURSIVE.has(keyword)) return `"${keyword}" is not followed`;
  if (keyword === 'format' && typeof value === 'string' && !isKnownFormat(value)) {
    return `the format "${value.slice(0, 80)}" is not known and not checked`;
  }
  return keyword === 'pattern' && typeof value === 'string' ? unusablePattern(value) : undefined;
}

function unusablePattern(pattern: string): string | undefined {
  try {
    linearPattern(pattern);
    return undefined;
  } catch (thrown) {
    return `it is not checked by a pattern: ${errorText(thrown).replace(/\.$/, '')}`;
  }
}
