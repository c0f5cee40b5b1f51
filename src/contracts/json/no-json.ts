const GZIP = [0x1f, 0x8b];
const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];
const UTF_16 = [
  [0xff, 0xfe],
  [0xfe, 0xff],
];

/** Bytes at the beginning; a text that is no JSON is nothing unusual, and may be long. */
const LOOKED_AT = 2_000;

/**
 * What bytes are that are no JSON, and what to send instead, where that can be seen: what programs of the field send by
 * mistake. A sentence with a blank before it, or nothing.
 */
export function whatInstead(body: Uint8Array): string {
  const found = kindOf(body);
  return found === undefined ? '' : ` ${found}.`;
}

function kindOf(body: Uint8Array): string | undefined {
  if (beginsWith(body, GZIP) || beginsWith(body, ZSTD))
    return 'It is packed (gzip or zstd); send it unpacked';
  if (isFramed(body))
    return "It has the five bytes of a schema registry's serialiser before it; have it written as plain JSON";
  // A letter of ASCII has a zero beside it there.
  const isWide = body.length >= 4 && (isNul(body, 0, 2) || isNul(body, 1, 3));
  if (isWide || UTF_16.some((mark) => beginsWith(body, mark))) return 'It seems to be UTF-16; send UTF-8';
  if (body.at(-1) === 0) return 'It ends in a NUL, as a text of C does in memory; send it without';
  const { buffer, byteOffset, byteLength } = body;
  const text = Buffer.from(buffer, byteOffset, Math.min(byteLength, LOOKED_AT)).toString('latin1');
  if (text.trimStart().startsWith('<')) return 'It seems to be XML or HTML; send JSON';
  const outside = withoutTexts(text);
  const [special] = /-?\b(?:NaN|Infinity)\b/.exec(outside) ?? [];
  if (special !== undefined) return `JSON has no ${special}; send null, or leave the member out`;
  return isLines(outside)
    ? 'It seems to be one document a line; send each as a message of its own'
    : undefined;
}

/** Confluent's serialisers write a zero and the number of the schema, which is small, before the document. */
function isFramed(body: Uint8Array): boolean {
  return isNul(body, 0, 1) && [0x7b, 0x5b].includes(body[5] ?? 0) && body[6] !== 0;
}

/** What stands outside the quotes. By hand, because a pattern would look from each quote to the end. */
function withoutTexts(text: string): string {
  let outside = '';
  let isInside = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === '"') isInside = !isInside;
    else if (!isInside) outside += character;
    else if (character === '\\') index += 1;
  }
  return outside;
}

function isLines(outside: string): boolean {
  const lines = outside.split('\n').map((line) => line.trim());
  return lines.some((line, at) => /[}\]]$/.test(line) && /^[{[]/.test(lines[at + 1] ?? ''));
}

function isNul(body: Uint8Array, ...places: number[]): boolean {
  return places.every((place) => body[place] === 0);
}

function beginsWith(body: Uint8Array, mark: readonly number[]): boolean {
  return mark.every((byte, at) => body[at] === byte);
}
