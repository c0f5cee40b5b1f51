import type { Json, JsonObject } from '../event.js';
import { isObject } from './json/json-value.js';

/**
 * Which direction of power a contract counts as positive (`x-sign` in a payload schema), and whether that is the other
 * way round than in Gridwire: here storage is positive when charging, the grid tie when importing, a generator when
 * generating, a load when consuming.
 */
const REVERSED: Readonly<Record<string, boolean>> = {
  'charging-positive': false,
  'discharging-positive': true,
  'import-positive': false,
  'export-positive': true,
  'generation-positive': false,
  'consumption-positive': false,
};

/** The values `x-sign` can have. */
export const SIGNS = Object.keys(REVERSED);

/**
 * A payload with every quantity that its schema marks with `x-sign` in Gridwire's convention. The conversion is its
 * own reverse: applied to a payload in Gridwire's convention it gives the contract's.
 */
export function convertSigns(payload: Json, schema: JsonObject): Json {
  const sign = schema['x-sign'];
  const reversed = typeof sign === 'string' && REVERSED[sign] === true;
  if (typeof payload === 'number') return reversed ? negate(payload) : payload;
  if (Array.isArray(payload)) {
    const items = schema['items'];
    const itemSchema = isObject(items) ? items : {};
    const inherited = reversed ? { ...itemSchema, 'x-sign': sign } : itemSchema;
    return payload.map((item) => convertSigns(item, inherited));
  }
  if (!isObject(payload)) return payload;
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const others = isObject(schema['additionalProperties']) ? schema['additionalProperties'] : {};
  return Object.fromEntries(
    Object.entries(payload).map(([name, value]) => {
      const own = Object.hasOwn(properties, name) ? properties[name] : undefined;
      return [name, convertSigns(value, isObject(own) ? own : others)];
    }),
  );
}

/** Zero stays zero: -0 would be written as 0 and not be equal to it any more. */
function negate(value: number): number {
  return value === 0 ? 0 : -value;
}
