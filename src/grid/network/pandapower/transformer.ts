import type { TapChanger, Transformer } from '../network.js';
import { inService, number } from './row.js';
import { refuse, type Row, type Tables } from './tables.js';

/** @param shifts whether the vector group turns angles, see `PandapowerOptions` */
export function readTransformer(row: Row, tables: Tables, shifts: boolean): Transformer {
  if (inService(row) && row.tap_dependency_table === true) {
    throw refuse(`trafo ${row.index} takes its impedance from a tap table, which has no counterpart`);
  }
  if (
    inService(row) &&
    number(row, 'tap2_pos', number(row, 'tap2_neutral', 0)) !== number(row, 'tap2_neutral', 0)
  ) {
    throw refuse(`trafo ${row.index} uses a second tap changer, which has no counterpart`);
  }
  const derating = number(row, 'df', 1);
  const { tap, extraShift } = readTap(row, tables);
  return {
    ...{ id: String(row.index), inService: inService(row) },
    ...(typeof row.name === 'string' && row.name !== '' && { name: row.name }),
    ...{ hv: String(number(row, 'hv_bus')), lv: String(number(row, 'lv_bus')) },
    ...{ hvKv: number(row, 'vn_hv_kv'), lvKv: number(row, 'vn_lv_kv') },
    // Derating changes what 100 % means, but not the impedances, which are percentages of the rating.
    ratedMva: number(row, 'sn_mva') * derating,
    vkPercent: number(row, 'vk_percent') * derating,
    vkrPercent: number(row, 'vkr_percent') * derating,
    noLoadCurrentPercent: number(row, 'i0_percent', 0) / derating,
    ironLossKw: number(row, 'pfe_kw', 0),
    shiftDegree: (shifts ? number(row, 'shift_degree', 0) : 0) + extraShift,
    parallel: number(row, 'parallel', 1),
    ...(tap !== undefined && { tap }),
  };
}

/** An ideal phase shifter is a fixed angle for one power flow; the others change the rated voltage. */
function readTap(row: Row, tables: Tables): { tap?: TapChanger; extraShift: number } {
  const side = row.tap_side;
  const position = number(row, 'tap_pos', NaN);
  const neutral = number(row, 'tap_neutral', NaN);
  if ((side !== 'hv' && side !== 'lv') || Number.isNaN(position) || Number.isNaN(neutral))
    return { extraShift: 0 };
  const stepPercent = number(row, 'tap_step_percent', 0);
  const stepDegree = number(row, 'tap_step_degree', 0);
  const typed = tables.has('trafo', 'tap_changer_type');
  if (typed ? row.tap_changer_type === 'Ideal' : row.tap_phase_shifter === true) {
    const direction = side === 'hv' ? 1 : -1;
    const steps = position - neutral;
    const asin = (2 * Math.asin((steps * stepPercent) / 200) * 180) / Math.PI;
    return { extraShift: direction * (stepDegree === 0 ? asin : steps * stepDegree) };
  }
  // Since pandapower 3 a tap without a type has no effect.
  if (typed && row.tap_changer_type !== 'Ratio' && row.tap_changer_type !== 'Symmetrical')
    return { extraShift: 0 };
  const range = { min: number(row, 'tap_min', position), max: number(row, 'tap_max', position) };
  return { tap: { side, position, neutral, ...range, stepPercent, stepDegree }, extraShift: 0 };
}
