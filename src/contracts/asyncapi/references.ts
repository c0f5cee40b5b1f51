import { GridwireError } from '../../errors.js';
import type { Json, JsonObject } from '../../event.js';
import { isObject } from '../json/json-value.js';
import { atPointer } from '../json/pointer.js';

/** How many references in a row are followed; more is a circle, or as good as one. */
const MAX_DEPTH = 50;

/** How large a document may become when its references are filled in. */
const MAX_VALUES = 200_000;

/**
 * A copy of an AsyncAPI document's part with every `$ref` replaced by what it names. Only references within the document
 * are followed: nothing is fetched.
 * @throws GridwireError `CONTRACT_INVALID` for references that lead nowhere, elsewhere or in circles
 */
export function resolveReferences(part: Json, document: JsonObject): Json {
  let values = 0;
  const resolve = (value: Json, depth: number): Json => {
    values += 1;
    if (values > MAX_VALUES)
      throw invalid('the document becomes too large when its references are filled in');
    if (Array.isArray(value)) return value.map((item) => resolve(item, depth));
    if (!isObject(value)) return value;
    const reference = value['$ref'];
    if (typeof reference === 'string') return follow(reference, depth);
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, resolve(member, depth)]));
  };
  const follow = (reference: string, depth: number): Json => {
    if (!reference.startsWith('#/'))
      throw invalid(`"${reference}" leads out of the document; put its content into it`);
    if (depth >= MAX_DEPTH) throw invalid(`"${reference}" leads back to itself, which is not supported`);
    const target = atPointer(document, decodeURIComponent(reference.slice(1)));
    if (target === undefined) throw invalid(`"${reference}" leads nowhere`);
    return resolve(target, depth + 1);
  };
  return resolve(part, 0);
}

function invalid(reason: string): GridwireError {
  return new GridwireError('CONTRACT_INVALID', `The AsyncAPI document cannot be used: ${reason}.`);
}
