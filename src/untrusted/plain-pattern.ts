/** Signs that mean themselves, in a class too. */
const SIGNS = '[A-Za-z0-9_:@ ]';
const CLASS = `\\[(?:${SIGNS}|[A-Za-z0-9]-[A-Za-z0-9]|\\\\d)+-?\\]`;
/** From the first character to the last, one piece after the other, each so many times; the last may be repeated without end. */
const PLAIN = new RegExp(
  `^\\^(?:${SIGNS}|-|${CLASS}|\\\\d|\\((?:\\?:)?|\\)|\\{\\d{1,2}\\})*(?:${CLASS}\\+)?\\$$`,
);

/** Repeats within repeats multiply. */
const MOST_PIECES = 10_000;

/**
 * A pattern that leaves nothing to choose, such as that of a MAC address: JavaScript's own engine runs it in time that
 * grows with the text and no faster, in a tenth of what the other one takes. Of ASCII alone, for which it means the same
 * in all its readings.
 * @param pattern one that JavaScript accepts
 * @returns undefined for any other
 */
export function plainPattern(pattern: string): RegExp | undefined {
  if (!PLAIN.test(pattern)) return undefined;
  const counts = [...pattern.matchAll(/\{(\d+)\}/g)].map(([, count]) => Number(count));
  const pieces = counts.reduce((product, count) => product * Math.max(count, 1), pattern.length);
  return pieces > MOST_PIECES ? undefined : new RegExp(pattern, 'u');
}
