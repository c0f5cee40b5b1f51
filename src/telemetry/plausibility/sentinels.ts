/** What 16- and 32-bit registers show when there is no measurement: the ends of their ranges, signed and unsigned. */
const REGISTERS: readonly number[] = [15, 16, 31, 32].flatMap((bits) => {
  const end = 2 ** bits;
  return [end - 1, end, -end, 1 - end];
});

/** Registers hold whole numbers; a device or its driver may have scaled them before it sent them. */
const SCALES = [1, 10, 100, 1000];

/** Marks for "no measurement", unscaled and moved by one to three decimal places either way. */
export const COMMON_SENTINELS: readonly number[] = [
  ...new Set(SCALES.flatMap((scale) => REGISTERS.flatMap((end) => [end / scale, end * scale]))),
];

/** How far a scaled mark may be off by the arithmetic of whoever scaled it. */
const ROUNDING = 1e-14;

/** Whether a value is one of the marks, also where it was scaled in binary fractions or kept as a 32-bit float. */
export function isSentinel(value: number, marks: readonly number[]): boolean {
  return marks.some(
    (mark) =>
      value === mark || value === Math.fround(mark) || Math.abs(value - mark) <= Math.abs(mark) * ROUNDING,
  );
}
