import type { Bus, TapChanger, Transformer } from '../network.js';
import type { Settings } from './options.js';
import { refuse } from './refuse.js';
import { busId, flag, head, inService, isEmpty, number } from './row.js';
import { characteristicAt, readsTable, readTap } from './tap.js';
import type { Row, Tables } from './tables.js';

type Side = 'hv' | 'mv' | 'lv';
const SIDES: readonly Side[] = ['hv', 'mv', 'lv'];

/** Sides that each pair of windings joins, in the order of the table's short-circuit figures. */
const PAIRS: readonly (readonly [Side, Side])[] = [
  ['hv', 'mv'],
  ['mv', 'lv'],
  ['hv', 'lv'],
];

/** Id of the transformer that stands for one winding. */
export function windingId(index: number, side: Side): string {
  return `trafo3w ${index} ${side}`;
}

/** The side of a three-winding transformer at a bus. */
export function windingAt(row: Row, bus: number): Side | undefined {
  return SIDES.find((side) => row[`${side}_bus`] === bus);
}

/**
 * A three-winding transformer as pandapower has it: three two-winding transformers that meet at a star point with the
 * high-voltage side's nominal voltage.
 */
export function readTrafo3w(
  row: Row,
  tables: Tables,
  settings: Settings,
): { star: Bus; windings: Transformer[] } {
  const hvBus = tables.rows('bus').find((bus) => bus.index === row.hv_bus);
  const star: Bus = {
    ...{
      ...head(row, 'trafo3w '),
      nominalKv: hvBus === undefined ? number(row, 'vn_hv_kv') : number(hvBus, 'vn_kv'),
    },
    ...starVoltage(row, tables),
  };
  if (!inService(row)) return { star, windings: [] };
  const impedances = starImpedances(row, tables);
  const lossSide = typeof row.loss_side === 'string' ? row.loss_side : settings.lossSide;
  if (!SIDES.includes(lossSide as Side)) {
    throw refuse(
      `trafo3w ${row.index}: loss_side must be "hv", "mv" or "lv", found ${JSON.stringify(lossSide)}`,
    );
  }
  const tap = readTap3w(row, tables);
  const windings = SIDES.map((side, at): Transformer => {
    const shift = side === 'hv' || !settings.phaseShift ? 0 : number(row, `shift_${side}_degree`, 0);
    return {
      id: windingId(row.index, side),
      ...{
        hv: side === 'hv' ? busId(row, 'hv_bus') : star.id,
        lv: side === 'hv' ? star.id : busId(row, `${side}_bus`),
      },
      ...{ hvKv: number(row, 'vn_hv_kv'), lvKv: number(row, `vn_${side}_kv`) },
      ...{ ratedMva: number(row, `sn_${side}_mva`), ...impedances[at], shiftDegree: shift },
      ...(lossSide === side && {
        ironLossKw: number(row, 'pfe_kw', 0),
        noLoadCurrentPercent: number(row, 'i0_percent', 0),
      }),
      ...(tap?.winding === side && { tap: withImpedance(tap.changer, impedances[at]) }),
    } as Transformer;
  });
  return { star, windings };
}

function starVoltage(row: Row, tables: Tables): { vmPu?: number; vaDegree?: number } {
  const result = tables.rows('res_trafo3w').find((one) => one.index === row.index);
  if (result === undefined) return {};
  const [vmPu, vaDegree] = [number(result, 'vm_internal_pu', NaN), number(result, 'va_internal_degree', NaN)];
  return vmPu > 0 && Number.isFinite(vaDegree) ? { vmPu, vaDegree } : {};
}

/** The short-circuit figures between pairs of windings, as those of the three arms of the star. */
function starImpedances(row: Row, tables: Tables): { vkPercent: number; vkrPercent: number }[] {
  const source = readsTable(row) ? characteristicAt(row, tables) : row;
  const rated = (side: Side): number => number(row, `sn_${side}_mva`);
  const pairs = SIDES.map((side, at) => {
    const [first, second] = PAIRS[at] ?? ['hv', 'mv'];
    // Each figure counts on the smaller rating of its pair; here all count on that of the high-voltage side.
    const scale = rated('hv') / Math.min(rated(first), rated(second));
    const [vk, vkr] = [
      number(source, `vk_${side}_percent`) * scale,
      number(source, `vkr_${side}_percent`) * scale,
    ];
    if (Math.abs(vkr) > Math.abs(vk)) {
      throw refuse(`trafo3w ${row.index}: vkr_${side}_percent must not exceed vk_${side}_percent`);
    }
    return { r: vkr, x: Math.sqrt(vk * vk - vkr * vkr) };
  });
  const [hm, ml, hl] = pairs as [(typeof pairs)[0], (typeof pairs)[0], (typeof pairs)[0]];
  const arms: [Side, typeof hm, typeof hm, typeof hm][] = [
    ['hv', hm, hl, ml],
    ['mv', ml, hm, hl],
    ['lv', hl, ml, hm],
  ];
  return arms.map(([side, one, two, other]) => {
    const share = (0.5 * rated(side)) / rated('hv');
    const [r, x] = [share * (one.r + two.r - other.r), share * (one.x + two.x - other.x)];
    if (r === 0 && x === 0)
      throw refuse(`trafo3w ${row.index}: the arm of its ${side} side has no impedance`);
    return { vkPercent: (x < 0 ? -1 : 1) * Math.hypot(r, x), vkrPercent: r };
  });
}

/**
 * The tap changer of a three-winding transformer, at its terminals or at the star point. At the star point it works
 * on the other end of the winding, in the other direction.
 */
function readTap3w(row: Row, tables: Tables): { winding: Side; changer: TapChanger } | undefined {
  const winding = SIDES.find((side) => side === row.tap_side);
  const atStar = flag(row, 'tap_at_star_point', false);
  if (winding === undefined) return undefined;
  const terminal = winding === 'hv' ? 'hv' : 'lv';
  const far = winding === 'hv' ? 'lv' : 'hv';
  if (readsTable(row)) {
    const step = characteristicAt(row, tables);
    const [ratio, degree] = [number(step, 'voltage_ratio'), number(step, 'angle_deg')];
    const position = number(row, 'tap_pos');
    // The ratio and the angle of the one position that counts; the impedances are those of the row already.
    const one = { position, neutral: position, min: position, max: position, stepPercent: 0 };
    const turned = { ratio: atStar ? 1 / ratio : ratio, degree: atStar ? -degree : degree };
    const table = [{ position, ...turned, vkPercent: 0, vkrPercent: 0 }];
    return { winding, changer: { ...one, side: atStar ? far : terminal, table } };
  }
  const changer = readTap({ ...row, tap_side: terminal }, tables, 'tap');
  if (changer === undefined) return undefined;
  if (!atStar) return { winding, changer };
  if (isEmpty(row.tap_step_degree) && changer.position !== changer.neutral) {
    throw refuse(
      `trafo3w ${row.index}: column tap_step_degree must hold a number where tap_at_star_point is true (0 for none): ` +
        'pandapower takes no notice of the tap without one',
    );
  }
  return { winding, changer: { ...changer, side: far, ...seenFromFar(changer) } };
}

/** The table of a changer says what it turns; the impedances are those of the winding. */
function withImpedance(changer: TapChanger, impedance: object | undefined): TapChanger {
  const { table } = changer;
  return table === undefined
    ? changer
    : { ...changer, table: table.map((step) => ({ ...step, ...impedance })) };
}

/** Step size and angle, from the other end, that undo what the changer adds at its own. */
function seenFromFar({ position, neutral, stepPercent, stepDegree = 0 }: TapChanger): {
  stepPercent: number;
  stepDegree: number;
} {
  const angle = (stepDegree * Math.PI) / 180;
  const [real, imaginary] = [stepPercent * Math.cos(angle), stepPercent * Math.sin(angle)];
  const steps = position - neutral;
  // 100 t / (100 + t steps) for the complex step t, turned by half a circle.
  const [a, b] = [100 + real * steps, imaginary * steps];
  const squared = a * a + b * b;
  const correctedReal = (100 * (real * a + imaginary * b)) / squared;
  const correctedImaginary = (100 * (imaginary * a - real * b)) / squared;
  return {
    stepPercent: Math.hypot(correctedReal, correctedImaginary),
    stepDegree: (Math.atan2(correctedImaginary, correctedReal) * 180) / Math.PI - 180,
  };
}
