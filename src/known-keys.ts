/**
 * Finds a value under a name that nobody reads, which would be left out in silence.
 *
 * @returns what is wrong and what there could be, or undefined
 */
export function strangerIn(holder: object, known: ReadonlySet<string>): string | undefined {
  const values = holder as Readonly<Record<string, unknown>>;
  const strange = Object.keys(holder).find((key) => !known.has(key) && values[key] !== undefined);
  return strange === undefined ? undefined : `${strange} is not known; it may have ${[...known].join(', ')}`;
}
