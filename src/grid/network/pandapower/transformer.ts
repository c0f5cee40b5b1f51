import type { Transformer } from '../network.js';
import type { Settings } from './options.js';
import { busId, head, number } from './row.js';
import type { Row, Tables } from './tables.js';
import { readTap } from './tap.js';

export function readTransformer(row: Row, tables: Tables, { phaseShift }: Settings): Transformer {
  const derating = number(row, 'df', 1);
  const tap = readTap(row, tables, 'tap');
  const tap2 = readTap(row, tables, 'tap2');
  return {
    ...head(row),
    ...{ hv: busId(row, 'hv_bus'), lv: busId(row, 'lv_bus') },
    ...{ hvKv: number(row, 'vn_hv_kv'), lvKv: number(row, 'vn_lv_kv') },
    // Derating changes what 100 % means, but not the impedances, which are percentages of the rating.
    ratedMva: number(row, 'sn_mva') * derating,
    vkPercent: number(row, 'vk_percent') * derating,
    vkrPercent: number(row, 'vkr_percent') * derating,
    noLoadCurrentPercent: number(row, 'i0_percent', 0) / derating,
    ironLossKw: number(row, 'pfe_kw', 0),
    shiftDegree: phaseShift ? number(row, 'shift_degree', 0) : 0,
    parallel: number(row, 'parallel', 1),
    ...(number(row, 'leakage_resistance_ratio_hv', 0.5) !== 0.5 && {
      resistanceRatioHv: number(row, 'leakage_resistance_ratio_hv'),
    }),
    ...(number(row, 'leakage_reactance_ratio_hv', 0.5) !== 0.5 && {
      reactanceRatioHv: number(row, 'leakage_reactance_ratio_hv'),
    }),
    ...(tap !== undefined && { tap: derated(tap, derating) }),
    ...(tap2 !== undefined && { tap2 }),
  };
}

function derated(tap: NonNullable<Transformer['tap']>, derating: number): NonNullable<Transformer['tap']> {
  if (tap.table === undefined || derating === 1) return tap;
  const table = tap.table.map((step) => ({
    ...step,
    vkPercent: step.vkPercent * derating,
    vkrPercent: step.vkrPercent * derating,
  }));
  return { ...tap, table };
}
