import { refuse } from './refuse.js';
import { flag, number } from './row.js';
import type { Row, Tables } from './tables.js';

export interface PandapowerOptions {
  /**
   * Whether transformers shift angles by their vector groups. `file` (default) does as the pandapower that wrote the
   * file: always since 2.14, before that only where a source feeds 70 kV or more, which `auto` asks for.
   */
  phaseShift?: 'file' | 'auto' | 'on' | 'off';
}

/** What the import takes from its caller and from the settings that a network carries. */
export interface Settings {
  phaseShift: boolean;
  /** Resistance over reactance of a switch with an impedance. */
  switchRxRatio: number;
  /** Side of three-winding transformers on which the iron losses lie, where the table does not say. */
  lossSide: string;
  voltageDependentLoads: boolean;
  warnings: string[];
}

const SHIFTS = ['file', 'auto', 'on', 'off'];

/** From this version on, `runpp` shifts angles whatever the voltage. */
const ALWAYS_SHIFTS: readonly [number, number] = [2, 14];

/** Settings that would change the result, and the value that means "as usual". */
const REFUSED_OPTIONS: Readonly<Record<string, unknown>> = {
  trafo_model: 't',
  distributed_slack: false,
  consider_line_temperature: false,
  tdpf: false,
  neglect_open_switch_branches: false,
};

/** How pandapower goes about it, which changes no result. */
const IRRELEVANT_OPTIONS = new Set(
  (
    'algorithm init init_vm_pu init_va_degree max_iteration tolerance_mva numba lightsim2grid use_umfpack ' +
    'permc_spec check_connectivity recycle only_v_results v_debug run_control delta_q mode ac ' +
    'tdpf_delay_s tdpf_update_r_theta'
  ).split(' '),
);

const USED_OPTIONS = new Set(
  'calculate_voltage_angles switch_rx_ratio trafo3w_losses voltage_depend_loads enforce_q_lims'.split(' '),
);

/** What is said of options that are not followed, and the value for which nothing need be said. */
const NOT_FOLLOWED: Readonly<Record<string, { usual: unknown; said: string }>> = {
  trafo_loading: { usual: 'current', said: 'the loading of transformers is that of their currents' },
  enforce_p_lims: { usual: false, said: 'no limit of active power is enforced' },
};

export function readSettings(tables: Tables, { phaseShift = 'file' }: PandapowerOptions): Settings {
  const { options } = tables;
  if (!SHIFTS.includes(phaseShift)) throw refuse(`phaseShift must be one of ${SHIFTS.join(', ')}`);
  for (const [name, usual] of Object.entries(REFUSED_OPTIONS)) {
    const value = options[name] ?? usual;
    if (value !== usual) {
      throw refuse(
        `user_pf_options asks for ${name} = ${JSON.stringify(value)}, which has no counterpart; remove it`,
      );
    }
  }
  const warnings = notFollowed(options);
  if (options.enforce_q_lims === true) {
    warnings.push(
      'user_pf_options asks for enforce_q_lims: switch reactive limits on in the power flow to have them',
    );
  }
  const row = { ...options, index: 0, table: 'user_pf_options' } as Row;
  return {
    phaseShift: shiftsAngles(tables, phaseShift, warnings),
    switchRxRatio: number(row, 'switch_rx_ratio', 2),
    lossSide: typeof options.trafo3w_losses === 'string' ? options.trafo3w_losses.toLowerCase() : 'hv',
    voltageDependentLoads: flag(row, 'voltage_depend_loads', true),
    warnings,
  };
}

function notFollowed(options: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(options).flatMap(([name, value]) => {
    if (Object.hasOwn(NOT_FOLLOWED, name)) {
      const { usual, said } = NOT_FOLLOWED[name] ?? {};
      return value === usual || value === null
        ? []
        : [`user_pf_options asks for ${name} = ${JSON.stringify(value)}: ${said ?? ''}`];
    }
    const known =
      USED_OPTIONS.has(name) || IRRELEVANT_OPTIONS.has(name) || Object.hasOwn(REFUSED_OPTIONS, name);
    return known ? [] : [`user_pf_options: ${name.slice(0, 60)} is not known and was left out`];
  });
}

function shiftsAngles(tables: Tables, wanted: 'file' | 'auto' | 'on' | 'off', warnings: string[]): boolean {
  if (wanted === 'on' || wanted === 'off') return wanted === 'on';
  const asked = tables.options.calculate_voltage_angles;
  if (wanted === 'file' && typeof asked === 'boolean') return asked;
  const [major = 0, minor = 0] = tables.version ?? [];
  const always = major > ALWAYS_SHIFTS[0] || (major === ALWAYS_SHIFTS[0] && minor >= ALWAYS_SHIFTS[1]);
  if (wanted === 'file' && asked !== 'auto' && always) return true;
  const shifts = feedsHighVoltage(tables);
  const turned = [
    ...tables.rows('trafo').map((row) => number(row, 'shift_degree', 0)),
    ...tables
      .rows('trafo3w')
      .flatMap((row) => [number(row, 'shift_mv_degree', 0), number(row, 'shift_lv_degree', 0)]),
  ].some((degrees) => degrees !== 0);
  if (!shifts && turned && wanted === 'file') {
    const writer =
      tables.version === undefined
        ? 'no pandapower is named as its writer'
        : `pandapower ${major}.${minor} wrote it`;
    warnings.push(
      `vector groups turn no angles, because ${writer} and no source feeds 70 kV or more; set phaseShift to "on" to have them`,
    );
  }
  return shifts;
}

function feedsHighVoltage(tables: Tables): boolean {
  const nominal = new Map(tables.rows('bus').map((row) => [row.index, number(row, 'vn_kv', 0)]));
  const feeds = [
    ...tables.rows('ext_grid'),
    ...tables.rows('gen').filter((row) => flag(row, 'slack', false)),
  ];
  return feeds.some((row) => flag(row, 'in_service', true) && (nominal.get(number(row, 'bus')) ?? 0) >= 70);
}
