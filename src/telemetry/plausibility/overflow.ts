/** Where counters of 16 and 32 bits, signed and unsigned, jump from and to. */
const REGISTERS = [16, 32].flatMap((bits) => {
  const size = 2 ** bits;
  return [
    { bottom: 0, top: size },
    { bottom: -size / 2, top: size / 2 },
  ];
});

/** A register may be scaled by its driver before the counter is sent. */
const SCALES = [1, 10, 100, 1000];

/** How near to its end, as a share of the register, a counter must have been, and how near to its start it must be. */
const NEAR = 1 / 16;

/**
 * What a counter counted that has run over the end of its register; undefined where the fall is no overflow.
 */
export function countedOverEnd(from: number, to: number): number | undefined {
  for (const { bottom, top } of REGISTERS) {
    for (const scale of SCALES) {
      const size = (top - bottom) / scale;
      const beforeEnd = top / scale - from;
      const afterStart = to - bottom / scale;
      const isNear = (distance: number): boolean => distance >= 0 && distance <= size * NEAR;
      if (beforeEnd > 0 && isNear(beforeEnd) && isNear(afterStart)) return beforeEnd + afterStart;
    }
  }
  return undefined;
}
