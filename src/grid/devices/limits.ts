/** Apparent power beyond the rating, as a part of the rating. */
export function overload(pMw: number, qMvar: number, ratedMva: number | undefined): number {
  return ratedMva === undefined ? 0 : Math.max(0, Math.hypot(pMw, qMvar) / ratedMva - 1);
}

/** Reactive power that the rating leaves beside `pMw`. Without a rating there is none to give. */
export function reactiveRoom(pMw: number, ratedMva: number | undefined): number {
  return ratedMva === undefined ? 0 : Math.sqrt(Math.max(0, ratedMva ** 2 - pMw ** 2));
}

/** How far the power factor falls below its minimum; 0 without power. */
export function powerFactorShortfall(pMw: number, qMvar: number, minimum: number): number {
  const apparent = Math.hypot(pMw, qMvar);
  return apparent === 0 ? 0 : Math.max(0, minimum - Math.abs(pMw) / apparent);
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

/** A request that is missing or not a number asks for nothing. */
export function requested(value: number | undefined): number {
  return value !== undefined && Number.isFinite(value) ? value : 0;
}
