/**
 * Reading what people and flows write into a field: blank text is nothing, and no number is guessed. JavaScript's own
 * reader makes 0 of a blank, 16 of `0x10` and 100 of `1e2`.
 */

const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A decimal number; undefined for anything else, and for one beyond all that can be kept. */
export function decimalNumber(text: string): number | undefined {
  const number = Number(text);
  return DECIMAL.test(text) && Number.isFinite(number) ? number : undefined;
}

/** A whole number as people write one; undefined for anything else, and for one with more digits than can be kept. */
export function wholeNumber(text: string): number | undefined {
  const number = Number(text);
  return /^[+-]?\d+$/.test(text) && Number.isSafeInteger(number) ? number : undefined;
}

/** A cell of a panel's table, without blanks around it: `''` where it is empty, undefined for what is no text. */
export function cellText(value: unknown): string | undefined {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value.trim();
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
}
