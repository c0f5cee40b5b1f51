import type { Json } from '../../event.js';

/** Stands where a number was, while its place is looked for. */
class Written {
  constructor(readonly text: string) {}
}

/** What this version of JavaScript hands over, and its types do not know yet. */
type Reviver = (name: string, value: unknown, context: { source?: string }) => unknown;
const parseWith = JSON.parse as (text: string, reviver: Reviver) => unknown;

/**
 * Some numbers of a JSON document as they are written, by the JSON pointers to them.
 * @param text a document that has been checked: it is JSON, and of bounded depth
 */
export function writtenNumbers(text: string, meant: ReadonlySet<string>): Map<string, string> {
  const found = new Map<string, string>();
  const document = parseWith(text, (_name, value, { source }) =>
    typeof value === 'number' && source !== undefined && meant.has(source) ? new Written(source) : value,
  );
  collect(document as Json | Written, '', found);
  return found;
}

function collect(value: Json | Written, pointer: string, found: Map<string, string>): void {
  if (value instanceof Written) found.set(pointer, value.text);
  else if (value !== null && typeof value === 'object')
    for (const [name, member] of Object.entries(value))
      collect(member, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, found);
}
