/** What is known of a table's columns. A column that is in neither list is named in a warning. */
interface Known {
  used: string;
  /** Columns that the symmetrical power flow of pandapower does not look at, with its default settings. */
  irrelevant?: string;
}

/** Limits, ratings, costs, short-circuit and zero-sequence data, names of types: of no influence anywhere. */
export const IRRELEVANT_EVERYWHERE = new Set(
  (
    'name std_type type zone geo coords controllable description origin_id origin_class origin_index ' +
    'max_loading_percent vector_group sn_mva max_p_mw min_p_mw max_q_mvar min_q_mvar slack_weight ' +
    'subnet voltLvl profile substation coordID node_type dspf eh_id cim ' +
    'id_q_capability_characteristic reactive_capability_curve curve_style phys_type'
  ).split(' '),
);

export const KNOWN: Readonly<Record<string, Known>> = {
  bus: { used: 'vn_kv in_service min_vm_pu max_vm_pu geo', irrelevant: 'x y' },
  ext_grid: {
    used: 'bus vm_pu va_degree in_service',
    irrelevant: 's_sc_max_mva s_sc_min_mva rx_max rx_min r0x0_max x0x_max r0x0_min x0x_min r x',
  },
  line: {
    used: 'from_bus to_bus length_km r_ohm_per_km x_ohm_per_km c_nf_per_km g_us_per_km max_i_ka df parallel in_service',
    irrelevant:
      'r0_ohm_per_km x0_ohm_per_km c0_nf_per_km g0_us_per_km endtemp_degree alpha temperature_degree_celsius tdpf ' +
      'wind_speed_m_per_s wind_angle_degree conductor_outer_diameter_m air_temperature_degree_celsius ' +
      'reference_temperature_degree_celsius solar_radiation_w_per_sq_m solar_absorptivity emissivity ' +
      'r_theta_kelvin_per_mw mc_joule_per_m_k',
  },
  trafo: {
    used:
      'hv_bus lv_bus sn_mva vn_hv_kv vn_lv_kv vk_percent vkr_percent pfe_kw i0_percent shift_degree parallel df ' +
      'in_service leakage_resistance_ratio_hv leakage_reactance_ratio_hv tap_dependency_table ' +
      'id_characteristic_table tap_dependent_impedance vk_percent_characteristic vkr_percent_characteristic ' +
      'tap_side tap_neutral tap_min tap_max tap_step_percent tap_step_degree tap_pos tap_changer_type ' +
      'tap_phase_shifter tap2_side tap2_neutral tap2_min tap2_max tap2_step_percent tap2_step_degree tap2_pos ' +
      'tap2_changer_type tap2_phase_shifter',
    irrelevant:
      'vk0_percent vkr0_percent mag0_percent mag0_rx si0_hv_partial oltc power_station_unit xn_ohm pt_percent ' +
      'tap_spec_type autoLoadRef tappable autoTap autoTapSide autoTapSetp tap_set_vm_pu',
  },
  trafo3w: {
    used:
      'hv_bus mv_bus lv_bus sn_hv_mva sn_mv_mva sn_lv_mva vn_hv_kv vn_mv_kv vn_lv_kv vk_hv_percent vk_mv_percent ' +
      'vk_lv_percent vkr_hv_percent vkr_mv_percent vkr_lv_percent pfe_kw i0_percent shift_mv_degree ' +
      'shift_lv_degree tap_side tap_neutral tap_min tap_max tap_step_percent tap_step_degree tap_pos ' +
      'tap_at_star_point tap_changer_type tap_phase_shifter id_characteristic_table tap_dependency_table ' +
      'tap_dependent_impedance vk_hv_percent_characteristic vkr_hv_percent_characteristic ' +
      'vk_mv_percent_characteristic vkr_mv_percent_characteristic vk_lv_percent_characteristic ' +
      'vkr_lv_percent_characteristic loss_side in_service',
    irrelevant:
      'vkr0_x vk0_x vk0_hv_percent vk0_mv_percent vk0_lv_percent vkr0_hv_percent vkr0_mv_percent vkr0_lv_percent',
  },
  impedance: {
    used: 'from_bus to_bus rft_pu xft_pu rtf_pu xtf_pu r_pu x_pu gf_pu bf_pu gt_pu bt_pu sn_mva in_service',
    irrelevant: 'rft0_pu xft0_pu rtf0_pu xtf0_pu gf0_pu bf0_pu gt0_pu bt0_pu r0_pu x0_pu',
  },
  load: {
    used:
      'bus p_mw q_mvar scaling in_service const_z_percent const_i_percent const_z_p_percent const_i_p_percent ' +
      'const_z_q_percent const_i_q_percent',
  },
  motor: {
    used: 'bus pn_mech_mw loading_percent cos_phi efficiency_percent scaling in_service',
    irrelevant: 'cos_phi_n efficiency_n_percent lrc_pu vn_kv rx',
  },
  sgen: {
    used: 'bus p_mw q_mvar scaling in_service',
    irrelevant: 'current_source k rx generator_type lrc_pu max_ik_ka kappa',
  },
  storage: {
    used: 'bus p_mw q_mvar scaling in_service',
    irrelevant: 'soc_percent min_e_mwh max_e_mwh efficiency_percent self-discharge_percent_per_day',
  },
  asymmetric_load: {
    used: 'bus p_a_mw q_a_mvar p_b_mw q_b_mvar p_c_mw q_c_mvar scaling in_service',
    irrelevant: 'sn_a_mva sn_b_mva sn_c_mva',
  },
  asymmetric_sgen: {
    used: 'bus p_a_mw q_a_mvar p_b_mw q_b_mvar p_c_mw q_c_mvar scaling in_service',
    irrelevant: 'sn_a_mva sn_b_mva sn_c_mva current_source',
  },
  gen: {
    used: 'bus p_mw vm_pu va_degree scaling slack in_service min_q_mvar max_q_mvar',
    irrelevant:
      'vn_kv xdss_pu rdss_ohm rdss_pu cos_phi power_station_trafo pg_percent min_vm_pu max_vm_pu rx_max r_pu',
  },
  shunt: {
    used: 'bus q_mvar p_mw vn_kv step max_step id_characteristic_table step_dependency_table in_service',
  },
  ward: { used: 'bus ps_mw qs_mvar pz_mw qz_mvar in_service' },
  xward: { used: 'bus ps_mw qs_mvar pz_mw qz_mvar r_ohm x_ohm vm_pu in_service' },
  dcline: {
    used:
      'from_bus to_bus p_mw loss_percent loss_mw vm_from_pu vm_to_pu in_service min_q_from_mvar min_q_to_mvar ' +
      'max_q_from_mvar max_q_to_mvar',
  },
  switch: { used: 'bus element et closed z_ohm', irrelevant: 'in_ka in_service' },
  trafo_characteristic_table: {
    used:
      'id_characteristic step voltage_ratio angle_deg vk_percent vkr_percent vk_hv_percent vkr_hv_percent ' +
      'vk_mv_percent vkr_mv_percent vk_lv_percent vkr_lv_percent',
  },
  shunt_characteristic_table: { used: 'id_characteristic step q_mvar p_mw' },
};

/** What an empty cell of a used column counts as. Columns that are missing altogether mean the same, as always. */
export const EMPTY_COUNTS_AS: Readonly<Record<string, number | boolean>> = {
  // pandapower takes it for out of service, though a column that is missing for in service.
  in_service: true,
  closed: true,
  ...{ q_mvar: 0, scaling: 1, parallel: 1, df: 1, loading_percent: 100, efficiency_percent: 100 },
  ...{ c_nf_per_km: 0, g_us_per_km: 0, pfe_kw: 0, i0_percent: 0, loss_percent: 0, loss_mw: 0 },
  ...{ shift_degree: 0, shift_mv_degree: 0, shift_lv_degree: 0, va_degree: 0, z_ohm: 0 },
  ...{ p_a_mw: 0, p_b_mw: 0, p_c_mw: 0, q_a_mvar: 0, q_b_mvar: 0, q_c_mvar: 0 },
  ...{ const_z_percent: 0, const_i_percent: 0, const_z_p_percent: 0, const_i_p_percent: 0 },
  ...{ const_z_q_percent: 0, const_i_q_percent: 0 },
};

/** The same for single tables. */
export const EMPTY_COUNTS_AS_IN: Readonly<Record<string, Readonly<Record<string, string | number>>>> = {
  shunt: { p_mw: 0, step: 1, vn_kv: "the bus's" },
};

/**
 * Columns that pandapower always writes and would not do without: where a table of another origin lacks one, what it
 * counts as is an assumption, and said. What it counts as is written in `EMPTY_COUNTS_AS`, or here.
 */
export const MISSED_COLUMNS: Readonly<Record<string, string>> = {
  ext_grid: 'va_degree',
  line: 'c_nf_per_km',
  trafo: 'pfe_kw i0_percent shift_degree',
  trafo3w: 'pfe_kw i0_percent shift_mv_degree shift_lv_degree',
  ...{ load: 'q_mvar', sgen: 'q_mvar', storage: 'q_mvar' },
  motor: 'loading_percent efficiency_percent',
  asymmetric_load: 'p_a_mw p_b_mw p_c_mw q_a_mvar q_b_mvar q_c_mvar',
  asymmetric_sgen: 'p_a_mw p_b_mw p_c_mw q_a_mvar q_b_mvar q_c_mvar',
  shunt: 'p_mw q_mvar vn_kv step',
  dcline: 'loss_percent loss_mw',
  switch: 'closed',
};

/** Where they count in another table only. */
export const EMPTY_IS_NOTHING = new Set(['line df', 'gen va_degree', 'gen q_mvar']);

/** Elements without a counterpart: refused where one is in service. */
export const REFUSED_TABLES = ['tcsc', 'svc', 'ssc', 'vsc', 'vsc_stacked', 'vsc_bipolar', 'b2b_vsc'];

/** A direct-current grid. Without a converter, which is refused, it does not touch the power flow. */
export const DIRECT_CURRENT_TABLES = ['bus_dc', 'line_dc', 'load_dc', 'source_dc'];

/** Tables that say nothing about the power flow. */
export const IRRELEVANT_TABLES = new Set(
  (
    'measurement pwl_cost poly_cost piecewise_linear_cost polynomial_cost group characteristic bus_geodata ' +
    'line_geodata q_capability_curve_table q_capability_curve_characteristic q_capability_characteristic ' +
    'profiles loadcases substation std_types trafo_characteristic_spline output_writer fuse_std_types'
  ).split(' '),
);
