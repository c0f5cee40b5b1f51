export const PQ = 0;
export const PV = 1;
export const SLACK = 2;

/**
 * The network as the power flow sees it: nodes and two-ports in typed arrays, per unit of `baseMva`, angles in
 * radians. Injections count into the node. The arrays may be changed between two solutions; the structure
 * (nodes, ends, kinds) is fixed, and a changed switch, tap or branch needs a new one.
 */
export interface PerUnitNetwork {
  readonly baseMva: number;
  readonly nodeCount: number;
  /** Node of each bus, in table order; -1 for a bus out of service. */
  readonly nodeOfBus: Int32Array;
  /** PQ, PV or SLACK per node. */
  readonly kind: Uint8Array;
  /** A slack node that feeds each node; -1 where no source can reach. */
  readonly slackOf: Int32Array;
  /** Branches in the order lines, transformers, branches of the network; both ends -1 when out of service. */
  readonly branchFrom: Int32Array;
  readonly branchTo: Int32Array;
  /** Eight numbers per branch, see `TwoPort`. */
  readonly twoPorts: Float64Array;
  /** Phase shift per branch: by how much its `to` end lags without load. */
  readonly shift: Float64Array;
  /** Shunt admittance per node. */
  readonly shuntG: Float64Array;
  readonly shuntB: Float64Array;
  /** Magnitude to hold at PV and slack nodes and to start from elsewhere (1 pu). */
  readonly vmSet: Float64Array;
  /** Angle to hold at slack nodes. */
  readonly vaSet: Float64Array;
  /** Voltage of an earlier solution per node; NaN where there is none. */
  readonly vmCase: Float64Array;
  readonly vaCase: Float64Array;
  /** Scheduled injection per node. */
  readonly p: Float64Array;
  readonly q: Float64Array;
  /** Injections (p and q of each node in turns) at 1 pu that follow the voltage, and those that follow its square. */
  readonly currentPart: Float64Array;
  readonly impedancePart: Float64Array;
  /** False when both are zero throughout. */
  readonly voltageDependent: boolean;
  /** Sum of the reactive limits of the generators at a PV node; infinite where none is given. */
  readonly qMin: Float64Array;
  readonly qMax: Float64Array;
}
