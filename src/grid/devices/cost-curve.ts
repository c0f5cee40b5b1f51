/**
 * Cost per hour of a power: three coefficients mean a P^2 + b P + c; any other even list means the points
 * (p0, cost0, p1, cost1, ...) of a piecewise linear curve, continued along its outer pieces.
 *
 * @param pMw power, MW
 * @returns currency per hour
 */
export function costPerHour(curve: readonly number[], pMw: number): number {
  if (curve.length === 3) {
    const [a = 0, b = 0, c = 0] = curve;
    return (a * pMw + b) * pMw + c;
  }
  if (curve.length < 4) return curve[1] ?? 0;
  let piece = 0;
  while (piece + 4 < curve.length && pMw > (curve[piece + 2] ?? Infinity)) piece += 2;
  const [p0 = 0, cost0 = 0, p1 = 0, cost1 = 0] = curve.slice(piece, piece + 4);
  return cost0 + ((pMw - p0) / (p1 - p0)) * (cost1 - cost0);
}
