/** Most bytes that are looked at together: both formats that are written so can point back so far. */
export const BLOCK_BYTES = 1 << 16;

const HASH_BITS = 14;
const SHORTEST = 4;
/** LZ4 wants the last bytes of a block to stand for themselves; Snappy does not mind. */
const NO_START_WITHIN = 12;
const LAST_LITERALS = 5;

/** Where each hash was seen last in the block; one table for all, because packing does not wait. */
const seen = new Uint16Array(1 << HASH_BITS);

/** The bytes from `literals` until `at` stand for themselves; those of `length` behind them stand `offset` before too. */
export type OnRepetition = (literals: number, at: number, offset: number, length: number) => void;

/**
 * Finds what comes again in a block, from its beginning to its end: the first repetition that is found counts, as in the
 * fast modes of LZ4 and Snappy.
 * @param block at most `BLOCK_BYTES`
 * @returns from where on all bytes stand for themselves
 */
export function findRepetitions(block: Uint8Array, found: OnRepetition): number {
  seen.fill(0);
  const lastStart = block.length - NO_START_WITHIN;
  const end = block.length - LAST_LITERALS;
  let literals = 0;
  let misses = 0;
  for (let at = 1; at <= lastStart;) {
    const bytes = fourAt(block, at);
    const hash = Math.imul(bytes, 2_654_435_761) >>> (32 - HASH_BITS);
    const before = seen[hash] as number;
    seen[hash] = at;
    if (fourAt(block, before) !== bytes) {
      // What does not repeat itself is passed over faster and faster.
      at += 1 + (misses >> 6);
      misses += 1;
      continue;
    }
    let length = SHORTEST;
    while (at + length < end && block[before + length] === block[at + length]) length += 1;
    found(literals, at, at - before, length);
    at += length;
    literals = at;
    misses = 0;
  }
  return literals;
}

function fourAt(block: Uint8Array, at: number): number {
  return (
    (block[at] as number) |
    ((block[at + 1] as number) << 8) |
    ((block[at + 2] as number) << 16) |
    ((block[at + 3] as number) << 24)
  );
}
