/** So many characters without an exponent always come back as they were. */
export const ALWAYS_EXACT = 15;

/**
 * Whether a number of a JSON text can be handed on. JSON.parse reads every number as a double, and writing that double
 * again may give another number: 9007199254740993 becomes 9007199254740992, and 1e400 becomes null.
 *
 * A whole number must come out with the same digits. A number with a fraction or an exponent may be any spelling of a
 * double, however many digits it has (0.10000000000000001 is one of 0.1); it is the same number to everybody who reads
 * JSON. What no double is a spelling of is not exact.
 * @param text one number as JSON writes it
 */
export function isExactNumber(text: string): boolean {
  if (text.length <= ALWAYS_EXACT && !/[eE]/.test(text)) return true;
  const value = Number(text);
  if (!Number.isFinite(value)) return false;
  const written = decimal(text);
  if (sameDecimal(written, decimal(String(value)))) return true;
  if (!/[.eE]/.test(text) || written.digits === '' || value === 0) return false;
  return (
    written.digits.length <= 100 && sameDecimal(written, decimal(value.toPrecision(written.digits.length)))
  );
}

/** A number as its sign, its significant digits, and the power of ten of the last of them. */
interface Decimal {
  negative: boolean;
  digits: string;
  exponent: number;
}

function decimal(text: string): Decimal {
  const [mantissa = '', power = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const all = (whole + fraction).replace(/^0+/, '');
  const end = lastDigit(all);
  return {
    negative: text.startsWith('-'),
    digits: all.slice(0, end),
    exponent: end === 0 ? 0 : Number(power) - fraction.length + (all.length - end),
  };
}

/** Where the zeros at the end begin. A pattern would try each of them anew. */
function lastDigit(digits: string): number {
  let end = digits.length;
  while (end > 0 && digits.charCodeAt(end - 1) === 0x30) end -= 1;
  return end;
}

/** Zero is zero, whatever its sign. */
function sameDecimal(one: Decimal, other: Decimal): boolean {
  if (one.digits === '' && other.digits === '') return true;
  return one.negative === other.negative && one.digits === other.digits && one.exponent === other.exponent;
}
