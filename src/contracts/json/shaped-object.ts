import type { Json, JsonObject } from '../../event.js';

/** Makes an object of values, one for each of its names; what is undefined is left out. */
export type ShapedObject = (values: readonly (Json | undefined)[]) => JsonObject;

/** The names of a shape are the bits of a number. */
const MOST_NAMES = 30;
/** What a flow gives may leave out any of them; what nearly all events have is met first. */
const MOST_SHAPES = 8;

/**
 * Objects that have their names in this order. Each set of names gets a literal of its own, which the compiler knows the
 * shape of: adding one member after the other by its name takes three times as long.
 */
export function shapedObject(names: readonly string[]): ShapedObject {
  if (names.length > MOST_NAMES) return (values) => oneByOne(names, values);
  const literals = new Map<number, ShapedObject>();
  let last: { shape: number; make: ShapedObject } | undefined;
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

function oneByOne(names: readonly string[], values: readonly (Json | undefined)[]): JsonObject {
  const object: JsonObject = {};
  for (const [at, name] of names.entries()) {
    const value = values[at];
    if (value !== undefined) object[name] = value;
  }
  return object;
}

/** A name as JSON writes it is a text of JavaScript too, and nothing else: it cannot become code. */
function literal(names: readonly string[], shape: number): ShapedObject {
  const members = names.flatMap((name, at) =>
    (shape & (1 << at)) === 0 ? [] : [`${JSON.stringify(name)}: values[${at}]`],
  );
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- as the schema compiler does it
  return new Function('values', `return { ${members.join(', ')} };`) as ShapedObject;
}
