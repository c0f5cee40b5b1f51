/**
 * Finds a value under a name that nobody reads, which would be left out in silence.
 *
 * @returns what is wrong and what there could be, or undefined
 */
export function strangerIn(holder: object, known: ReadonlySet<string>): string | undefined {
  const strange = Object.entries(holder).find(([key, value]) => !known.has(key) && value !== undefined);
  return strange && `${strange[0]} is not known; it may have ${[...known].join(', ')}`;
}
