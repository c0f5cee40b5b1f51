/** A data frame as `pandapower.to_json` writes it: JSON text within JSON. */
export function frame(columns: string[], ...data: unknown[][]): unknown {
  const split = { columns, index: data.map((_, index) => index), data };
  return {
    _module: 'pandas.core.frame',
    _class: 'DataFrame',
    _object: JSON.stringify(split),
    orient: 'split',
  };
}

export const LINE = [
  'name',
  'from_bus',
  'to_bus',
  'length_km',
  'r_ohm_per_km',
  'x_ohm_per_km',
  'c_nf_per_km',
  'max_i_ka',
];
export const TRAFO = [
  'hv_bus',
  'lv_bus',
  'sn_mva',
  'vn_hv_kv',
  'vn_lv_kv',
  'vk_percent',
  'vkr_percent',
  'pfe_kw',
  'i0_percent',
];
export const TAP = [
  'tap_side',
  'tap_neutral',
  'tap_min',
  'tap_max',
  'tap_step_percent',
  'tap_pos',
  'tap_changer_type',
];

/** 110 kV, transformer with iron loss and tap, 20 kV cable with everything at its end, and a cable open at one end. */
export function example(changes: Record<string, unknown> = {}): string {
  const net = {
    ...{ name: 'example', version: '3.5.6', f_hz: 50, sn_mva: 1 },
    bus: frame(['name', 'vn_kv', 'in_service'], ['hv', 110, true], ['lv', 20, true], ['end', 20, true]),
    ext_grid: frame(['bus', 'vm_pu', 'va_degree', 'in_service'], [0, 1.02, 0, true]),
    line: frame(LINE, ['cable', 1, 2, 5, 0.2, 0.1, 200, 0.3], ['ring', 2, 1, 8, 0.2, 0.1, 200, 0.3]),
    trafo: frame(
      [...TRAFO, 'shift_degree', ...TAP],
      [0, 1, 25, 110, 20, 11.2, 0.282, 29, 0.5, 150, 'hv', 0, -9, 9, 1.5, -2, 'Ratio'],
    ),
    load: frame(['bus', 'p_mw', 'q_mvar', 'scaling'], [2, 6, 2, 0.8]),
    sgen: frame(['bus', 'p_mw', 'q_mvar', 'scaling'], [2, 1, 0.1, 1]),
    storage: frame(['bus', 'p_mw', 'q_mvar', 'scaling'], [2, 0.5, 0, 1]),
    shunt: frame(['bus', 'q_mvar', 'p_mw', 'vn_kv', 'step', 'max_step'], [1, -0.4, 0, 20, 2, 3]),
    switch: frame(['bus', 'element', 'et', 'closed'], [1, 1, 'l', false]),
    ...changes,
  };
  return JSON.stringify({ _module: 'pandapower.auxiliary', _class: 'pandapowerNet', _object: net });
}
