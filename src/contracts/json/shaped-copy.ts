import type { Json } from '../../event.js';
import { isNobodys, plainCopy } from './plain-copy.js';
import { areSame } from './shaped-object.js';

/** What a flow gives may leave out any member; what nearly all of its objects have is met first. */
const MOST_SHAPES = 4;
/** The same for all objects within one another. */
const MOST_IN_ALL = 32;
const MOST_NAMES = 60;

/**
 * Copies an object, each of whose members it reads once.
 * @param members how their values are copied
 * @param depthLeft for these
 * @returns undefined where one of them cannot be, and for an object that says itself how JSON has it
 */
type CopyOfObject = (object: object, members: readonly ShapedCopy[], depthLeft: number) => Json | undefined;

/** Objects with the same names in the same order. */
interface Shape {
  readonly names: readonly string[];
  readonly copy: CopyOfObject;
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
    if (shape === undefined) return plainCopy(value, depthLeft);
    return shape.copy(value, shape.members, depthLeft - 1);
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
    const shape = { names, copy: compileCopy(names), members };
    this.shapes.push(shape);
    return shape;
  }
}

/** What is no object, and JSON carries as it is. */
function isSmall(value: unknown): value is string | number | boolean | null {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value === 'string' || typeof value === 'boolean' || value === null;
}

function copyOfMember(value: unknown, copies: ShapedCopy, depthLeft: number): Json | undefined {
  return isSmall(value) ? value : copies.copy(value, depthLeft);
}

/** A name as JSON writes it is a text of JavaScript too, and nothing else: it cannot become code. */
function compileCopy(names: readonly string[]): CopyOfObject {
  const texts = names.map((name) => JSON.stringify(name));
  const copies = texts.map(
    (name, at) => `
    const copy${at} = copyOfMember(object[${name}], members[${at}], depthLeft);
    if (copy${at} === undefined) return undefined;`,
  );
  const code = `return (object, members, depthLeft) => {
    if ('toJSON' in object) return undefined;${copies.join('')}
    return { ${texts.map((name, at) => `${name}: copy${at}`).join(', ')} };
  };`;
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- as the schema compiler does it
  const compile = new Function('copyOfMember', code) as (member: typeof copyOfMember) => CopyOfObject;
  return compile(copyOfMember);
}
