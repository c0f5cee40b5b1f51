/**
 * Reading what people and flows write into a field: blank text is nothing, and no number is guessed. JavaScript's own
 * reader makes 0 of a blank, 16 of `0x10` and 100 of `1e2`.
 */

const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A decimal number; undefined for anything else, and for one that cannot be kept: too large, or whole and not exact. */
export function decimalNumber(text: string): number | undefined {
  const number = Number(text);
  if (!DECIMAL.test(text) || !Number.isFinite(number)) return undefined;
  return !/^[+-]?\d+$/.test(text) || isExact(text, number) ? number : undefined;
}

/** A whole number in hexadecimal digits, `0x8000`; undefined for anything else, and for one that cannot be kept exactly. */
export function hexadecimalNumber(text: string): number | undefined {
  const [, sign = '', digits] = /^([+-]?)(0[xX][\da-fA-F]+)$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const number = Number(digits);
  if (!Number.isFinite(number) || !isExact(digits, number)) return undefined;
  return sign === '-' ? -number : number;
}

/** 9007199254740993 is kept as the number before it. */
function isExact(whole: string, number: number): boolean {
  return BigInt(whole.replace(/^[+-]/, '')) === BigInt(Math.abs(number));
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
