/**
 * Whether two values lie further apart than a bound. Each value, their difference and a bound that was multiplied are
 * rounded: 10.3 and 10.2 differ by 0.10000000000000142, which is no more than 0.1. A bound of 0 is exact, since equal
 * values differ by nothing.
 * @param above the value that may lie higher; what lies lower is within every bound
 */
export function liesBeyond(above: number, below: number, bound: number): boolean {
  const difference = above - below;
  if (bound === 0 || difference <= bound) return difference > bound;
  // Values near the end of all numbers differ by more than a number; so would their rounding.
  if (difference === Infinity) return true;
  const rounding = Number.EPSILON * Math.max(Math.abs(above), Math.abs(below), bound) * 3;
  return difference > bound + rounding;
}
