import { BOUNDS } from '../../bounds.js';
import { GridwireError } from '../../errors.js';
import type { Json, JsonObject } from '../../event.js';
import { isObject } from '../json/json-value.js';
import { atPointer } from '../json/pointer.js';
import { Circles, type Followed, wayTo } from './circles.js';
import type { ImportNotes } from './notes.js';

/** How many references in a row are followed; more is a circle, or as good as one. */
const MAX_CHAIN = 50;

/** Members of a schema by which nothing is checked. */
const SAYS_NOTHING = new Set([
  '$ref',
  'title',
  'description',
  'summary',
  'examples',
  'default',
  'deprecated',
]);

/** Keywords that hold somebody's values: what looks like a reference in them is a value too. */
const VALUES = new Set(['default', 'const', 'enum', 'examples', 'example']);

/** Members whose own members are named by somebody: a property may be called `default`. */
const NAMED = new Set([
  ...['properties', 'patternProperties', 'definitions', '$defs', 'dependentSchemas', 'dependencies'],
  ...['channels', 'operations', 'messages', 'parameters', 'schemas', 'servers', 'variables', 'replies'],
  ...['messageTraits', 'operationTraits', 'correlationIds'],
]);

/** What a value is below: an object of the document, one whose members are named by somebody, or a value. */
type Below = 'object' | 'names' | 'value';

/** The references of one document. Only those within it are followed: nothing is fetched. */
export class References {
  private values = 0;

  constructor(
    private readonly document: JsonObject,
    private readonly notes: ImportNotes,
  ) {}

  /**
   * A copy of a part with every `$ref` replaced by what it names.
   * One that leads out of the document becomes an empty object, and is noted.
   * @throws GridwireError `CONTRACT_INVALID` for references that lead nowhere or into themselves, and for too many values
   *   in all
   */
  resolve(part: Json | undefined): Json {
    return this.copy(part ?? null, [], undefined, 'object');
  }

  /**
   * The schema that a part stands for. One that leads back to itself calls itself, by `$defs`; a reference that leads out
   * of the document is refused.
   */
  schema(part: Json): Json {
    const circles = new Circles();
    const copyOf = (pointer: string): Json =>
      this.copy(this.at(pointer), [{ pointer, isBelow: false }], circles, 'object');
    return circles.complete(this.copy(part, [], circles, 'object'), copyOf);
  }

  /** The object a part stands for, without what is below it being resolved; empty for anything else. */
  shallow(part: Json | undefined): JsonObject {
    const reference = isObject(part) ? referenceOf(part) : undefined;
    if (reference === undefined) return isObject(part) ? part : {};
    const target = isLocal(reference) ? this.at(reference) : this.leave(reference, 'noted');
    const next = isObject(target) ? referenceOf(target) : undefined;
    if (next !== undefined) return this.leave(next, 'noted');
    return isObject(target) ? target : {};
  }

  /**
   * Where a reference ends when every reference on its way is followed: `#/channels/a/messages/m` may lead through a
   * channel that is itself one to `#/components/channels/a`.
   */
  canonical(reference: string): string {
    return this.walk(reference, 0).pointer;
  }

  private walk(reference: string, depth: number): { pointer: string; value: Json } {
    if (depth > MAX_CHAIN)
      throw invalid(`"${reference.slice(0, 200)}" leads back to itself, which is not supported`);
    let place: { pointer: string; value: Json } = { pointer: '#', value: this.document };
    for (const step of decoded(reference).split('/').slice(1)) {
      const value = atPointer(place.value, `/${step}`);
      if (value === undefined) throw invalid(`"${reference.slice(0, 200)}" leads nowhere`);
      place = { pointer: `${place.pointer}/${inPointer(step)}`, value };
      const next = isObject(value) ? referenceOf(value) : undefined;
      if (next !== undefined && isLocal(next)) place = this.walk(next, depth + 1);
    }
    return place;
  }

  /** @param circles for a schema */
  private copy(value: Json, stack: readonly Followed[], circles: Circles | undefined, below: Below): Json {
    this.values += 1;
    if (this.values > BOUNDS.documentValues) {
      throw invalid(`it has more than ${BOUNDS.documentValues} values when its references are filled in`);
    }
    if (Array.isArray(value)) return value.map((item) => this.copy(item, stack, circles, below));
    if (!isObject(value)) return value;
    const reference = below === 'value' ? undefined : referenceOf(value);
    if (reference !== undefined) {
      if (circles !== undefined) this.noteBeside(value, reference);
      return this.follow(reference, stack, circles, below);
    }
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        name,
        this.copy(
          member,
          below === 'object' ? wayTo(stack, name, member) : stack,
          circles,
          belowMember(below, name, member),
        ),
      ]),
    );
  }

  /** A reference stands for what it names, and nothing beside it counts: AsyncAPI and JSON Schema draft 07 say so. */
  private noteBeside(schema: JsonObject, reference: string): void {
    const beside = Object.keys(schema).filter((name) => !SAYS_NOTHING.has(name) && !name.startsWith('x-'));
    if (beside.length === 0) return;
    this.notes.add(
      `${beside.join(', ').slice(0, 200)} beside the reference "${reference.slice(0, 100)}" is not checked. Put the reference into an "allOf".`,
    );
  }

  private follow(
    reference: string,
    stack: readonly Followed[],
    circles: Circles | undefined,
    below: Below,
  ): Json {
    if (!isLocal(reference)) return this.leave(reference, circles === undefined ? 'noted' : 'refused');
    const { pointer, value } = this.walk(reference, 0);
    const back = stack.find((followed) => followed.pointer === pointer);
    // A schema that calls itself for the same value would never come to an end.
    if (back !== undefined && (circles === undefined || !back.isBelow))
      throw invalid(`"${reference.slice(0, 200)}" leads back to itself, which is not supported`);
    const call = circles?.call(pointer, back !== undefined);
    if (call !== undefined) return call;
    if (stack.length >= BOUNDS.documentDepth)
      throw invalid(
        `"${reference.slice(0, 200)}" stands below ${BOUNDS.documentDepth} other references, which is too deep`,
      );
    return this.copy(value, [...stack, { pointer, isBelow: false }], circles, below);
  }

  private leave(reference: string, abroad: 'refused' | 'noted'): JsonObject {
    const text = `"${reference.slice(0, 200)}" leads out of the document`;
    if (abroad === 'refused') throw invalid(`${text}; put its content into it`);
    this.notes.add(
      `${text} and is not read: what it describes is not checked. Put its content into the document.`,
    );
    return {};
  }

  private at(pointer: string): Json {
    return this.walk(pointer, 0).value;
  }
}

function belowMember(below: Below, name: string, member: Json): Below {
  if (below === 'value') return 'value';
  if (below === 'names') return 'object';
  if (VALUES.has(name)) return 'value';
  return NAMED.has(name) && isObject(member) ? 'names' : 'object';
}

/** A step of a pointer as a reference has it. @throws GridwireError `CONTRACT_INVALID` for half a character */
export function inPointer(step: string): string {
  if (step.isWellFormed()) return encodeURIComponent(step);
  throw invalid(`the name ${JSON.stringify(step.slice(0, 200))} holds half a character`);
}

/** A JSON pointer's step for a name. */
export function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function referenceOf(object: JsonObject): string | undefined {
  const reference = Object.hasOwn(object, '$ref') ? object['$ref'] : undefined;
  return typeof reference === 'string' ? reference : undefined;
}

function isLocal(reference: string): boolean {
  return reference === '#' || reference.startsWith('#/');
}

function decoded(pointer: string): string {
  try {
    return decodeURIComponent(pointer.slice(1));
  } catch (cause) {
    throw new GridwireError(
      'CONTRACT_INVALID',
      `The AsyncAPI document cannot be used: "${pointer.slice(0, 200)}" is no reference.`,
      { cause },
    );
  }
}

function invalid(reason: string): GridwireError {
  return new GridwireError('CONTRACT_INVALID', `The AsyncAPI document cannot be used: ${reason}.`);
}
