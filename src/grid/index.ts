export { BUILT_IN_NETWORKS, isBuiltInName, type BuiltInName } from './built-in/built-in.js';
export { importMatpower, readMatpower } from './network/matpower/import.js';
export * from './network/network.js';
export type { Imported } from './network/imported.js';
export { importPandapower, readPandapower } from './network/pandapower/import.js';
export type { PandapowerOptions } from './network/pandapower/options.js';
export { scheduleInjections } from './network/injections.js';
export { PQ, PV, SLACK, type PerUnitNetwork } from './network/per-unit-network.js';
export { toPerUnit } from './network/per-unit.js';
export { validateNetwork } from './network/validate.js';
export { BranchFlows, nodeInjections } from './power-flow/flows.js';
export type { NewtonOptions } from './power-flow/newton-iteration.js';
export { NewtonRaphson } from './power-flow/newton-raphson.js';
export type { Failure, Outcome, Solver, Start } from './power-flow/outcome.js';
export { PowerFlow, type Solution } from './power-flow/power-flow.js';
export type { PowerFlowOptions } from './power-flow/solver-options.js';
export {
  report,
  solvePowerFlow,
  type BranchResult,
  type BusResult,
  type PowerFlowReport,
} from './power-flow/report.js';
export { Sweep, isRadial, type SweepOptions } from './power-flow/sweep.js';
export { createDevice, type DeviceConfig } from './devices/create.js';
export type { Conditions, Device, DeviceAction, DeviceKind, DeviceState } from './devices/device.js';
export {
  BUILT_IN_ENVIRONMENTS,
  isBuiltInEnvironment,
  type BuiltInEnvironment,
} from './environment/built-in.js';
export type { AgentConfig, EnvironmentConfig } from './environment/config.js';
export { GridEnvironment, type Actions, type SolveFlow } from './environment/environment.js';
export type { AgentResult, DeviceResult, StepResult } from './environment/step-result.js';
export { clearMarket, confirmations, ordersFromDemand } from './market.js';
export { conditionsOfDay } from './profiles.js';
export { seededRandom } from './random.js';
export {
  Contingencies,
  MAXIMUM_NAMED,
  runContingencies,
  type Contingency,
  type ContingencyOptions,
  type ContingencyResult,
} from './studies/contingencies.js';
export type { StudyOptions } from './studies/run.js';
export { MAXIMUM_SERIES_STEPS, type Profile, type SeriesInput } from './studies/series-input.js';
export type { SeriesResult } from './studies/series-result.js';
export { runSeries, Series } from './studies/series.js';
