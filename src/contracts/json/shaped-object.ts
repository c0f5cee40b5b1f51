import type { Json, JsonObject } from '../../event.js';

/** Makes an object of values, one for each of its names; what is undefined is left out. */
export type ShapedObject<Value = Json> = (values: readonly (Value | undefined)[]) => Record<string, Value>;

/** The names of a shape are the bits of a number. */
const MOST_NAMES = 30;
/** What a flow gives may leave out any of them; what nearly all events have is met first. */
const MOST_SHAPES = 8;

/**
 * Objects that have their names in this order. Each set of names gets a literal of its own, which the compiler knows the
 * shape of: adding one member after the other by its name takes three times as long.
 */
export function shapedObject<Value = Json>(names: readonly string[]): ShapedObject<Value> {
  if (names.length > MOST_NAMES) return (values) => oneByOne(names, values);
  const literals = new Map<number, ShapedObject<Value>>();
  let last: { shape: number; make: ShapedObject<Value> } | undefined;
  return (values) => {
    let shape = 0;
    for (let at = 0; at < names.length; at += 1) if (values[at] !== undefined) shape |= 1 << at;
    if (last?.shape !== shape) {
      let make = literals.get(shape);
      if (make === undefined) {
        if (literals.size === MOST_SHAPES) return oneByOne(names, values);
        make = literal(names, shape);
        literals.set(shape, make);
      }
      last = { shape, make };
    }
    return last.make(values);
  };
}

/**
 * Makes an object of such values and, after them, of those members of another object that are not among the names.
 * @param make for the names alone
 */
export function shapedBeside(
  names: readonly string[],
  make: ShapedObject,
): (values: readonly (Json | undefined)[], rest: JsonObject, restNames: readonly string[]) => JsonObject {
  const shapes: { restNames: readonly string[]; added: readonly string[]; make: ShapedObject }[] = [];
  const shapeOf = (restNames: readonly string[]): (typeof shapes)[number] | undefined => {
    for (const shape of shapes) if (areSame(shape.restNames, restNames)) return shape;
    if (shapes.length === MOST_SHAPES || names.length + restNames.length > MOST_NAMES) return undefined;
    const added = restNames.filter((name) => !names.includes(name));
    const shape = { restNames, added, make: shapedObject([...names, ...added]) };
    shapes.push(shape);
    return shape;
  };
  return (values, rest, restNames) => {
    const shape = shapeOf(restNames);
    if (shape === undefined) return Object.assign(make(values), rest);
    const { added } = shape;
    const all = new Array<Json | undefined>(names.length + added.length);
    for (let at = 0; at < names.length; at += 1) all[at] = values[at];
    for (let at = 0; at < added.length; at += 1) all[names.length + at] = rest[added[at] as string];
    return shape.make(all);
  };
}

/** Whether two lists are of the same names in the same order. */
export function areSame(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) return false;
  return true;
}

function oneByOne<Value>(
  names: readonly string[],
  values: readonly (Value | undefined)[],
): Record<string, Value> {
  const object: Record<string, Value> = {};
  for (const [at, name] of names.entries()) {
    const value = values[at];
    if (value !== undefined) object[name] = value;
  }
  return object;
}

/** A name as JSON writes it is a text of JavaScript too, and nothing else: it cannot become code. */
function literal<Value>(names: readonly string[], shape: number): ShapedObject<Value> {
  const members = names.flatMap((name, at) =>
    (shape & (1 << at)) === 0 ? [] : [`${JSON.stringify(name)}: values[${at}]`],
  );
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- as the schema compiler does it
  return new Function('values', `return { ${members.join(', ')} };`) as ShapedObject<Value>;
}
