/**
 * Parts the rows of a list into those that are drawn and all others, each in its order.
 * @param most how many are drawn at most
 */
export function rowsToDraw(
  rows: readonly unknown[],
  most: number,
): { drawn: readonly object[]; others: readonly unknown[] } {
  const drawn: object[] = [];
  const others: unknown[] = [];
  for (const row of rows) {
    if (drawn.length < most && isOfTexts(row)) drawn.push(row);
    else others.push(row);
  }
  return { drawn, others };
}

/** What is no text, number or switch has no place in a field, and would be lost by being read from there. */
function isOfTexts(row: unknown): row is object {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return false;
  return Object.values(row).every((value) => typeof value !== 'object' || value === null);
}
