import { randomBytes, randomFillSync } from 'node:crypto';

/** How many are made at once: asking for chance is what costs. */
const AT_ONCE = 256;
const BYTES = 16;
const LENGTH = 36;
const HYPHEN = 0x2d;
const DIGITS = Buffer.from('0123456789abcdef');

const chance = Buffer.alloc(AT_ONCE * BYTES);
const texts = Buffer.alloc(AT_ONCE * LENGTH);
let next = AT_ONCE;

/**
 * A random UUID (version 4). Node's own is a text of twenty pieces, which whoever reads it has to put together first: in
 * an envelope that costs as much again as making it.
 */
export function newUuid(): string {
  if (next === AT_ONCE) {
    writeAll();
    next = 0;
  }
  const inGroup = next % A_GROUP;
  if (inGroup === 0) group = texts.toString('latin1', next * LENGTH, (next + A_GROUP) * LENGTH);
  next += 1;
  lastMade = group.slice(inGroup * LENGTH, (inGroup + 1) * LENGTH);
  return lastMade;
}

/**
 * So many become a text at once, of which each is a part: whoever keeps one keeps the others' few hundred bytes, too, but
 * not those of all.
 */
const A_GROUP = 16;
let group = '';

/** The schema of the event that it is made for asks of it at once. */
let lastMade = '';

let digits = '';
let nextDigit = 0;

/** Eight random hexadecimal digits. */
export function newHex8(): string {
  if (nextDigit === digits.length) {
    digits = randomBytes(AT_ONCE * 4).toString('hex');
    nextDigit = 0;
  }
  nextDigit += 8;
  // So short a part is a text of its own, which does not keep the long one.
  return digits.slice(nextDigit - 8, nextDigit);
}

function writeAll(): void {
  randomFillSync(chance);
  let from = 0;
  for (let start = 0; start < texts.length; start += LENGTH) {
    // The version, and the variant of RFC 9562.
    chance[from + 6] = 0x40 | ((chance[from + 6] ?? 0) & 0x0f);
    chance[from + 8] = 0x80 | ((chance[from + 8] ?? 0) & 0x3f);
    for (let at = start; at < start + LENGTH;) {
      if (isHyphenAt(at - start)) texts[at++] = HYPHEN;
      const byte = chance[from++] ?? 0;
      texts[at++] = DIGITS[byte >> 4] ?? 0;
      texts[at++] = DIGITS[byte & 0x0f] ?? 0;
    }
  }
}

const URN = 'urn:uuid:';

/** Whether a text is a UUID, in whatever version and case; used as the JSON Schema format `uuid`. */
export function isUuid(text: string): boolean {
  if (text === lastMade && text !== '') return true;
  const start = text.length - LENGTH;
  if (start !== 0 && (start !== URN.length || text.slice(0, start).toLowerCase() !== URN)) return false;
  for (let at = 0; at < LENGTH; at += 1) {
    const code = text.charCodeAt(start + at);
    if (isHyphenAt(at) ? code !== HYPHEN : !isHexadecimal(code)) return false;
  }
  return true;
}

function isHyphenAt(at: number): boolean {
  return at === 8 || at === 13 || at === 18 || at === 23;
}

function isHexadecimal(code: number): boolean {
  const lower = code | 0x20;
  return (code >= 0x30 && code <= 0x39) || (lower >= 0x61 && lower <= 0x66);
}
