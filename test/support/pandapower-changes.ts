import { frame, LINE, TAP, TRAFO } from './pandapower-example.js';

/** The transformer of the example with other cells, and further columns. */
function trafo(columns: string[], cells: unknown[], type: string | null = 'Ratio'): unknown {
  return frame(
    [...TRAFO, 'shift_degree', ...TAP, ...columns],
    [0, 1, 25, 110, 20, 11.2, 0.282, 29, 0.5, 150, 'hv', 0, -9, 9, 1.5, -2, type, ...cells],
  );
}

const CHARACTERISTIC = frame(
  ['id_characteristic', 'step', 'voltage_ratio', 'angle_deg', 'vk_percent', 'vkr_percent'],
  [0, -2, 0.97, -1.5, 12.4, 0.31],
  [0, 0, 1, 0, 11.2, 0.282],
);

const TRAFO3W_COLUMNS =
  'hv_bus mv_bus lv_bus sn_hv_mva sn_mv_mva sn_lv_mva vn_hv_kv vn_mv_kv vn_lv_kv vk_hv_percent vk_mv_percent ' +
  'vk_lv_percent vkr_hv_percent vkr_mv_percent vkr_lv_percent pfe_kw i0_percent shift_mv_degree shift_lv_degree ' +
  'tap_side tap_neutral tap_min tap_max tap_step_percent tap_step_degree tap_pos tap_at_star_point ' +
  'tap_changer_type tap_dependency_table id_characteristic_table std_type in_service';

function trafo3w(...tap: unknown[]): Record<string, unknown> {
  const data = [0, 1, 3, 40, 30, 10, 110, 20, 10, 10, 11, 12, 0.3, 0.31, 0.32, 30, 0.1, 150, 0];
  return {
    bus: frame(
      ['name', 'vn_kv', 'in_service'],
      ...[110, 20, 20, 10].map((kv, index) => [`bus ${index}`, kv, true]),
    ),
    trafo: frame([...TRAFO, 'shift_degree']),
    trafo3w: frame(TRAFO3W_COLUMNS.split(' '), [...data, ...tap, false, null, null, true]),
    load: frame(['bus', 'p_mw', 'q_mvar'], [2, 4, 1], [3, 2, 0.5]),
  };
}

/**
 * Changes to the example network that older versions read wrongly in silence or refused. What pandapower says of each
 * stands beside it in `pandapower-reference.test.ts`.
 */
export const CHANGES: Readonly<Record<string, Record<string, unknown>>> = {
  'leakage ratios of a transformer': {
    trafo: trafo(['leakage_resistance_ratio_hv', 'leakage_reactance_ratio_hv'], [0.9, 0.1]),
  },
  'a tap table': {
    trafo: trafo(['tap_dependency_table', 'id_characteristic_table'], [true, 0], 'Tabular'),
    trafo_characteristic_table: CHARACTERISTIC,
  },
  'a shunt table': {
    shunt: frame(
      [
        'bus',
        'q_mvar',
        'p_mw',
        'vn_kv',
        'step',
        'max_step',
        'step_dependency_table',
        'id_characteristic_table',
      ],
      [1, -0.4, 0, 21, 2, 3, true, 0],
    ),
    shunt_characteristic_table: frame(
      ['id_characteristic', 'step', 'q_mvar', 'p_mw'],
      [0, 1, -1, 0],
      [0, 2, -1.7, 0.1],
    ),
  },
  'a transformer at a bus out of service': {
    bus: frame(
      ['name', 'vn_kv', 'in_service'],
      ...[110, 20, 20, 20].map((kv, index) => [`bus ${index}`, kv, index !== 3]),
    ),
    trafo: frame(
      [...TRAFO, 'shift_degree'],
      [0, 1, 25, 110, 20, 11.2, 0.282, 29, 0.5, 150],
      [0, 3, 25, 110, 20, 11.2, 0.282, 29, 0.5, 150],
    ),
  },
  'vector groups that differ within a low-voltage ring': {
    bus: frame(['name', 'vn_kv', 'in_service'], ['a', 20, true], ['b', 0.4, true], ['c', 0.4, true]),
    trafo: frame(
      [...TRAFO, 'shift_degree'],
      [0, 1, 0.4, 20, 0.4, 4, 1, 0.9, 0.2, 150],
      [0, 2, 0.4, 20, 0.4, 4, 1, 0.9, 0.2, 120],
    ),
    line: frame(LINE, ['ring', 1, 2, 0.5, 0.2, 0.08, 200, 0.3]),
    load: frame(['bus', 'p_mw', 'q_mvar'], [2, 0.05, 0.01]),
    ...{ sgen: frame(['bus', 'p_mw']), storage: frame(['bus', 'p_mw']), shunt: frame(['bus', 'q_mvar']) },
    switch: frame(['bus', 'element', 'et', 'closed']),
  },
  'a second tap changer': {
    trafo: trafo(
      ['tap2_side', 'tap2_neutral', 'tap2_pos', 'tap2_step_percent', 'tap2_step_degree', 'tap2_changer_type'],
      ['lv', 0, 3, 1, 90, 'Symmetrical'],
    ),
  },
  'a three-winding transformer': trafo3w('hv', 0, -9, 9, 1.5, 0, 2, false, 'Ratio'),
  'a three-winding transformer with its tap at the star point': trafo3w(
    'mv',
    0,
    -9,
    9,
    1.5,
    20,
    -3,
    true,
    'Ratio',
  ),
  'an extended ward': {
    xward: frame(
      [
        'bus',
        'ps_mw',
        'qs_mvar',
        'qz_mvar',
        'pz_mw',
        'r_ohm',
        'x_ohm',
        'vm_pu',
        'slack_weight',
        'in_service',
      ],
      [2, 0.4, 0.1, 0.2, 0.3, 1, 12, 1.01, 0, true],
    ),
  },
  'a direct-current line': {
    dcline: frame(
      [
        'from_bus',
        'to_bus',
        'p_mw',
        'loss_percent',
        'loss_mw',
        'vm_from_pu',
        'vm_to_pu',
        'max_p_mw',
        'in_service',
      ],
      [1, 2, 0.8, 2, 0.05, 1.02, 1.01, 10, true],
    ),
  },
  'an impedance that differs between its directions': {
    impedance: frame(
      [
        'from_bus',
        'to_bus',
        'rft_pu',
        'xft_pu',
        'rtf_pu',
        'xtf_pu',
        'gf_pu',
        'bf_pu',
        'gt_pu',
        'bt_pu',
        'sn_mva',
        'in_service',
      ],
      [1, 2, 0.02, 0.1, 0.03, 0.14, 0.01, 0.02, 0.005, 0.03, 5, true],
    ),
  },
  'a closed switch with an impedance, and an open one': {
    switch: frame(
      ['bus', 'element', 'et', 'closed', 'z_ohm'],
      ...[
        [1, 2, 'b', true, 0.6],
        [1, 2, 'b', false, 0.1],
      ],
    ),
  },
  'switches to a bus out of service': {
    bus: frame(
      ['name', 'vn_kv', 'in_service'],
      ...[110, 20, 20, 20].map((kv, index) => [`bus ${index}`, kv, index !== 3]),
    ),
    switch: frame(['bus', 'element', 'et', 'closed', 'z_ohm'], [1, 3, 'b', true, 0], [3, 2, 'b', true, 0]),
  },
  'two sources in one island': {
    ext_grid: frame(['bus', 'vm_pu', 'va_degree', 'in_service'], [0, 1.02, 0, true], [2, 1.01, -150.5, true]),
  },
  'motors and unbalanced loads': {
    motor: frame(
      ['bus', 'pn_mech_mw', 'cos_phi', 'efficiency_percent', 'loading_percent', 'scaling', 'in_service'],
      [2, 0.6, 0.85, 93, 80, 0.9, true],
    ),
    asymmetric_load: frame(
      [
        'bus',
        'p_a_mw',
        'q_a_mvar',
        'p_b_mw',
        'q_b_mvar',
        'p_c_mw',
        'q_c_mvar',
        'scaling',
        'in_service',
        'type',
      ],
      [1, 0.2, 0.02, 0.1, 0, 0.3, 0.05, 0.5, true, 'wye'],
    ),
  },
};
