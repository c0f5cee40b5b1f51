/**
 * The network as an engineer describes it: tables of elements in physical units, plain JSON throughout. Power flow
 * itself works on the per-unit form that `per-unit.ts` makes of it.
 *
 * Signs: loads and storage count as consumption (storage: P > 0 charges), generators as injection.
 */

export interface Element {
  /** Unique within its table. */
  id: string;
  name?: string;
  /** Default true. */
  inService?: boolean;
}

export interface Bus extends Element {
  /** Line-to-line voltage that 1 pu stands for. 0 is allowed where every branch of the network is per unit. */
  nominalKv: number;
  /** Voltage band for safety penalties and colours; default 0.95 and 1.05. */
  minPu?: number;
  maxPu?: number;
  /** Voltage of an earlier solution, which the start "case" begins from. */
  vmPu?: number;
  vaDegree?: number;
  /** Position in the one-line diagram, any unit; laid out automatically when missing. */
  x?: number;
  y?: number;
}

/** Pi-section line or cable; half of the shunt admittance at each end. */
export interface Line extends Element {
  from: string;
  to: string;
  lengthKm: number;
  rOhmPerKm: number;
  xOhmPerKm: number;
  cNfPerKm?: number;
  gUsPerKm?: number;
  /** Thermal limit of one system; loading is not reported without it. */
  maxKa?: number;
  parallel?: number;
}

export interface TapChanger {
  side: 'hv' | 'lv';
  position: number;
  neutral: number;
  min: number;
  max: number;
  stepPercent: number;
  /** Angle of the added voltage; 0 for a longitudinal regulator. With `ideal`, degrees per step. */
  stepDegree?: number;
  /** An ideal phase shifter: turns by `stepDegree` per step (or as far as `stepPercent` says) and leaves the ratio. */
  ideal?: boolean;
  /** What each position does, where a table says it instead of the step sizes. */
  table?: TapStep[];
}

/** One position of a tap changer, and the short-circuit figures that hold there. */
export interface TapStep {
  position: number;
  /** Factor on the rated voltage of the changer's side. */
  ratio: number;
  degree: number;
  vkPercent: number;
  vkrPercent: number;
}

/** Two-winding transformer by its short-circuit and no-load figures. */
export interface Transformer extends Element {
  hv: string;
  lv: string;
  ratedMva: number;
  hvKv: number;
  lvKv: number;
  /** Short-circuit voltage and its real part, in percent of rated. */
  vkPercent: number;
  vkrPercent: number;
  ironLossKw?: number;
  noLoadCurrentPercent?: number;
  /** Lag of the low-voltage side (vector group times 30 degrees). */
  shiftDegree?: number;
  tap?: TapChanger;
  /** A second tap changer, which works on what the first one left. */
  tap2?: TapChanger;
  /** Part of the short-circuit resistance and reactance on the high-voltage side of the magnetising branch; 0.5. */
  resistanceRatioHv?: number;
  reactanceRatioHv?: number;
  parallel?: number;
}

/** A branch already in per unit of the network's base power, in MATPOWER's form (ratio and shift at `from`). */
export interface PerUnitBranch extends Element {
  from: string;
  to: string;
  rPu: number;
  xPu: number;
  /** Total charging susceptance, half of it at each end. */
  bPu?: number;
  /** Admittance to ground at each end, besides `bPu`. */
  gFromPu?: number;
  bFromPu?: number;
  gToPu?: number;
  bToPu?: number;
  /** Series impedance as seen from `to`, where it differs from the one seen from `from`. */
  rToPu?: number;
  xToPu?: number;
  /** Off-nominal turns ratio; 1 for a line. */
  ratio?: number;
  shiftDegree?: number;
  /** Rating of the branch; loading is not reported without it. */
  ratedMva?: number;
}

/** Constant admittance: consumes pMw and qMvar at 1 pu per step (a capacitor has qMvar < 0). */
export interface Shunt extends Element {
  bus: string;
  pMw: number;
  qMvar: number;
  /** How many steps are connected; default 1. */
  step?: number;
  maxStep?: number;
  /** What the shunt consumes at each number of steps, where a table says it instead of pMw and qMvar per step. */
  table?: { step: number; pMw: number; qMvar: number }[];
}

/** Power drawn from a bus at 1 pu: constant, but for the parts that follow the voltage. */
export interface Load extends Element {
  bus: string;
  pMw: number;
  qMvar: number;
  /** Default 1. */
  scaling?: number;
  /** Parts (0 to 1) of P and Q that follow the voltage (constant current) and its square (constant impedance). */
  currentPartP?: number;
  currentPartQ?: number;
  impedancePartP?: number;
  impedancePartQ?: number;
}

/** Generator that holds its bus voltage (PV bus). */
export interface Generator extends Element {
  bus: string;
  pMw: number;
  vmPu: number;
  minQMvar?: number;
  maxQMvar?: number;
}

/** Generator with given P and Q: PV plant, wind turbine, CHP. */
export interface StaticGenerator extends Element {
  bus: string;
  pMw: number;
  qMvar: number;
  scaling?: number;
}

/** Battery as the power flow sees it; P > 0 charges. */
export interface Storage extends Element {
  bus: string;
  pMw: number;
  qMvar: number;
}

/** Stiff source that fixes voltage and angle (slack bus). An island may have several; those at one bus must agree. */
export interface Source extends Element {
  bus: string;
  vmPu: number;
  vaDegree?: number;
}

/** Joins two buses, or connects one end of a line or transformer to its bus. Without impedance. */
export interface Switch extends Element {
  bus: string;
  /** Id of the other bus, of the line, or of the transformer. */
  element: string;
  elementKind: 'bus' | 'line' | 'transformer';
  closed: boolean;
}

export interface Network {
  name: string;
  /** Where the parameters come from. */
  reference?: string;
  /** Base power of the per-unit system. */
  baseMva: number;
  /** Default 50. */
  frequencyHz?: number;
  buses: Bus[];
  sources: Source[];
  lines?: Line[];
  transformers?: Transformer[];
  branches?: PerUnitBranch[];
  shunts?: Shunt[];
  loads?: Load[];
  generators?: Generator[];
  staticGenerators?: StaticGenerator[];
  storages?: Storage[];
  switches?: Switch[];
}

/** True unless the element is switched off. */
export function isInService(element: Element): boolean {
  return element.inService !== false;
}
