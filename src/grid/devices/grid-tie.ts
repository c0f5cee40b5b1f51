export interface GridTieConfig {
  /** Id of the network's source that it meters. */
  source: string;
  /** Part of the price that exported energy earns; default 0.9. */
  exportFactor?: number;
}

/**
 * Cost of the energy exchanged with the grid above.
 *
 * @param pMw power taken from the grid; negative when exporting
 * @returns currency; negative when the export earns
 */
export function exchangeCost(tie: GridTieConfig, pMw: number, pricePerMwh: number, hours: number): number {
  return pMw * pricePerMwh * hours * (pMw >= 0 ? 1 : (tie.exportFactor ?? 0.9));
}
