import type { Diagram } from '../../src/grid/diagram.js';

/** What the panel is told of a network file. */
export interface NetworkAnswer {
  format: 'matpower' | 'pandapower';
  name: string;
  /** Rows by table of the file. */
  counts: Record<string, number>;
  leftOut: string[];
  warnings: string[];
  converged: boolean;
  reason?: string;
  iterations: number;
  mismatchPu: number;
  start?: string;
  unsupplied: string[];
  lossesMw: number;
  sourceMw: number;
  lowPu?: number;
  highPu?: number;
  worst?: { id: string; percent: number };
  /** Missing where the network is too large to be drawn. */
  diagram?: Diagram;
  voltages?: (number | null)[];
  loading?: (number | null)[];
}
