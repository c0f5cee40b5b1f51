import type { Json } from '../../event.js';
import { isNobodys, plainCopy } from './plain-copy.js';
import { type ShapedObject, areSame, shapedLiteral } from './shaped-object.js';

/** What a flow gives may leave out any member; what nearly all of its objects have is met first. */
const MOST_SHAPES = 4;
/** The same for all objects within one another. */
const MOST_IN_ALL = 32;
const MOST_NAMES = 60;

/** The values of an object's members, each read once; undefined for an object that says itself how JSON has it. */
type Reader = (object: object) => unknown[] | undefined;

/** Objects with the same names in the same order. */
interface Shape {
  readonly names: readonly string[];
  readonly read: Reader;
  readonly make: ShapedObject;
  /** How the values of the members are copied. */
  readonly members: readonly ShapedCopy[];
}

/**
 * As `plainCopy`, for values that mostly look like those before them: the payloads of one type. Their members are read and
 * written by code of its own for each set of names, which the compiler knows the shape of. Of what a function node makes V8
 * copies one member after the other by its name otherwise.
 */
export class ShapedCopy {
  private readonly shapes: Shape[] = [];
  private items: ShapedCopy | undefined;

  /** @param room how many shapes there may still be, here and in what is within */
  constructor(private readonly room = { left: MOST_IN_ALL }) {}

  /**
   * @param depthLeft how many objects in one another there may still be
   * @returns undefined where anything else than plain values is met, or the depth is used up: then somebody else has to
   *   look at the value
   */
  of(value: unknown, depthLeft: number): Json | undefined {
    try {
      return this.copy(value, depthLeft);
    } catch {
      // A flow's own objects may run code when they are read.
      return undefined;
    }
  }

  /** As `of`, which owns what is thrown. */
  copy(value: unknown, depthLeft: number): Json | undefined {
    if (isSmall(value)) return value;
    if (typeof value !== 'object' || depthLeft <= 0) return undefined;
    if (Array.isArray(value)) return this.copyOfList(value, depthLeft - 1);
    if (!isNobodys(value)) return undefined;
    const shape = this.shapeOf(Object.keys(value));
    return shape === undefined ? plainCopy(value, depthLeft) : copyOfObject(shape, value, depthLeft - 1);
  }

  private copyOfList(list: readonly unknown[], depthLeft: number): Json[] | undefined {
    this.items ??= new ShapedCopy(this.room);
    const copy: Json[] = [];
    for (const item of list) {
      const made = this.items.copy(item, depthLeft);
      if (made === undefined) return undefined;
      copy.push(made);
    }
    return copy;
  }

  /** What is needed for objects with these names; undefined where there is no room for it. */
  private shapeOf(names: readonly string[]): Shape | undefined {
    for (const shape of this.shapes) if (areSame(shape.names, names)) return shape;
    if (this.shapes.length === MOST_SHAPES || this.room.left === 0 || names.length > MOST_NAMES)
      return undefined;
    // In code, it would set what the copy inherits from.
    if (names.includes('__proto__')) return undefined;
    this.room.left -= 1;
    const members = names.map(() => new ShapedCopy(this.room));
    const shape = { names, read: readerOf(names), make: shapedLiteral(names), members };
    this.shapes.push(shape);
    return shape;
  }
}

/** @param depthLeft for what the members hold */
function copyOfObject(shape: Shape, object: object, depthLeft: number): Json | undefined {
  const values = shape.read(object);
  if (values === undefined) return undefined;
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at];
    if (isSmall(value)) continue;
    const made = shape.members[at]?.copy(value, depthLeft);
    if (made === undefined) return undefined;
    values[at] = made;
  }
  return shape.make(values as Json[]);
}

/** What is no object, and JSON carries as it is. */
function isSmall(value: unknown): value is string | number | boolean | null {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value === 'string' || typeof value === 'boolean' || value === null;
}

/** A name as JSON writes it is a text of JavaScript too, and nothing else: it cannot become code. */
function readerOf(names: readonly string[]): Reader {
  const values = names.map((name) => `object[${JSON.stringify(name)}]`).join(', ');
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- as the schema compiler does it
  return new Function('object', `return 'toJSON' in object ? undefined : [${values}];`) as Reader;
}
