import { errorText } from '../../errors.js';
import type { Json, JsonObject } from '../../event.js';
import { linearPattern } from '../../untrusted/linear-pattern.js';
import { isObject } from '../json/json-value.js';
import { isKnownFormat } from '../schemas.js';
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
 * Keywords that count what fits, or want that something does not fit: with a schema below them that checks less, they
 * would refuse what the document allows.
 */
const STRICTER = new Set(['not', 'oneOf', 'if', 'contains']);
/** What such a keyword takes with it. */
const WITH: Readonly<Record<string, readonly string[]>> = {
  if: ['then', 'else'],
  contains: ['minContains', 'maxContains'],
};
/** Keywords for what no other has looked at, and the others that count; undefined where all do. */
const REST: Readonly<Record<string, string | undefined>> = {
  additionalProperties: 'patternProperties',
  unevaluatedProperties: undefined,
  unevaluatedItems: undefined,
};

/**
 * A schema of somebody else as the compiler takes it: formats that it does not know, and patterns that it cannot run in
 * linear time, are left out with a note instead of making the whole document useless; so is what would check more for
 * it. A keyword that it does not know makes it refuse the schema, because `requried` would otherwise check nothing.
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
  const { $defs = {} } = schema;
  const calls = new Cleaning(where, notes);
  calls.object({ $defs });
  return { $schema, ...new Cleaning(where, notes, calls.lost > 0).object(schema) };
}

class Cleaning {
  /** How many members were left out so far. */
  lost = 0;

  /** @param losesByCall whether a schema that is called has lost something itself */
  constructor(
    private readonly where: string,
    private readonly notes: ImportNotes,
    private readonly losesByCall = false,
  ) {}

  object(object: JsonObject): JsonObject {
    const result: JsonObject = {};
    const changed = new Set<string>();
    for (const [keyword, value] of Object.entries(object)) {
      if (SILENT.has(keyword)) continue;
      const before = this.lost;
      if (keyword === '$ref' && this.losesByCall) this.lost += 1;
      const reason = leftOut(keyword, value);
      if (reason === undefined) result[keyword] = VALUES.has(keyword) ? value : this.member(keyword, value);
      else this.lose(reason);
      if (this.lost > before) changed.add(keyword);
    }
    for (const keyword of stricter(result, changed)) {
      Reflect.deleteProperty(result, keyword);
      this.lose(`"${keyword}" is not checked, because something beside or below it is not`);
    }
    return result;
  }

  private value(value: Json): Json {
    if (Array.isArray(value)) return value.map((item) => this.value(item));
    return isObject(value) ? this.object(value) : value;
  }

  private member(keyword: string, value: Json): Json {
    if (!MAPS.has(keyword) || !isObject(value)) return this.value(value);
    const kept = Object.entries(value).filter(([name]) => {
      const reason = keyword === 'patternProperties' ? unusablePattern(name) : undefined;
      if (reason !== undefined) this.lose(reason);
      return reason === undefined;
    });
    return Object.fromEntries(kept.map(([name, member]) => [name, this.value(member)]));
  }

  private lose(reason: string): void {
    this.lost += 1;
    this.notes.add(`${this.where}: ${reason}.`);
  }
}

/** What would refuse more than the document does, now that some keywords check less. */
function stricter(schema: JsonObject, changed: ReadonlySet<string>): string[] {
  const counting = [...changed].filter((keyword) => STRICTER.has(keyword));
  const rest = Object.entries(REST).filter(([, of]) =>
    of === undefined ? changed.size > 0 : changed.has(of),
  );
  return [
    ...counting,
    ...counting.flatMap((keyword) => WITH[keyword] ?? []),
    ...rest.map(([name]) => name),
  ].filter((keyword) => Object.hasOwn(schema, keyword));
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
