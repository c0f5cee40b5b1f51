import type { DeviceConfig } from '../devices/create.js';
import { microgridFeeder } from '../built-in/microgrid-feeder.js';
import type { AgentConfig, EnvironmentConfig } from './config.js';

/**
 * IEEE 13 with a battery, two diesel sets, PV, wind and a metered grid connection: the single-agent environment of
 * hepengli/powergrid.
 */
export function ieee13Environment(): EnvironmentConfig {
  return {
    network: 'ieee13',
    agents: [
      {
        id: 'MG',
        tie: { source: 'substation', exportFactor: 0.9 },
        devices: [
          battery('ESS1', '645', 3),
          diesel('DG1', '675', 0.4, 0.5, [100, 51.6, 0.4615]),
          diesel('DG2', '611', 0.5, 0.625, [100, 72.4, 0.5011]),
          { id: 'PV1', kind: 'pv', bus: '652', ratedMw: 0.5, ratedMva: 0.5 },
          { id: 'WT1', kind: 'wind', bus: '645', ratedMw: 0.5, ratedMva: 0.5 },
        ],
      },
    ],
  };
}

/** Largest power and cost curve of each microgrid's diesel set. */
const DIESEL: readonly [maxMw: number, costCurve: number[]][] = [
  [0.66, [100, 72.4, 0.5011]],
  [0.6, [100, 51.6, 0.4615]],
  [0.5, [100, 51.6, 0.4615]],
];

/**
 * A distribution grid with three microgrids, each with battery, diesel set, PV and wind: the multi-agent environment
 * of hepengli/powergrid. The microgrids trade among each other.
 */
export function threeMicrogridsEnvironment(): EnvironmentConfig {
  return {
    network: 'three-microgrids',
    trade: true,
    agents: DIESEL.map(([maxMw, costCurve], index): AgentConfig => {
      const id = `MG${index + 1}`;
      return {
        id,
        area: `${id} `,
        devices: [
          battery(`${id}-ESS1`, `${id} 645`, 2),
          diesel(`${id}-DG1`, `${id} 675`, maxMw, 1, costCurve),
          { id: `${id}-PV1`, kind: 'pv', bus: `${id} 652`, ratedMw: 0.1, ratedMva: 0.1 },
          { id: `${id}-WT1`, kind: 'wind', bus: `${id} 645`, ratedMw: 0.1, ratedMva: 0.1 },
        ],
      };
    }),
  };
}

/** Equal microgrids on one feeder, each with five devices: two batteries, a diesel set, PV and wind. */
export function microgridFeederEnvironment(count: number): EnvironmentConfig {
  return {
    network: microgridFeeder(count),
    agents: Array.from({ length: count }, (_, index): AgentConfig => {
      const id = `MG${index + 1}`;
      const store = {
        kind: 'storage',
        capacityMwh: 0.2,
        chargeMw: 0.05,
        dischargeMw: 0.05,
        startSoc: 0.5,
      } as const;
      return {
        id,
        area: `${id} `,
        devices: [
          { ...store, id: `${id}-ESS1`, bus: `${id} 1` },
          { ...store, id: `${id}-ESS2`, bus: `${id} 2` },
          {
            id: `${id}-DG1`,
            kind: 'generator',
            bus: `${id} 0`,
            maxMw: 0.08,
            ratedMva: 0.1,
            costCurve: [10, 150, 1],
          },
          { id: `${id}-PV1`, kind: 'pv', bus: `${id} 1`, ratedMw: 0.05, ratedMva: 0.05 },
          { id: `${id}-WT1`, kind: 'wind', bus: `${id} 0`, ratedMw: 0.03, ratedMva: 0.03 },
        ],
      };
    }),
  };
}

/** 0.5 MW either way, kept between a tenth and nine tenths full, starting half full. */
function battery(id: string, bus: string, capacityMwh: number): DeviceConfig {
  const power = { chargeMw: 0.5, dischargeMw: 0.5 };
  return { id, kind: 'storage', bus, capacityMwh, ...power, minSoc: 0.1, maxSoc: 0.9, startSoc: 0.5 };
}

function diesel(id: string, bus: string, maxMw: number, ratedMva: number, costCurve: number[]): DeviceConfig {
  return { id, kind: 'generator', bus, maxMw, ratedMva, minPowerFactor: 0.8, costCurve };
}

/** The environments that come with Gridwire. */
export const BUILT_IN_ENVIRONMENTS = {
  ieee13: ieee13Environment,
  'three-microgrids': threeMicrogridsEnvironment,
  'hundred-microgrids': () => microgridFeederEnvironment(100),
} as const satisfies Record<string, () => EnvironmentConfig>;

export type BuiltInEnvironment = keyof typeof BUILT_IN_ENVIRONMENTS;

export function isBuiltInEnvironment(name: string): name is BuiltInEnvironment {
  return Object.hasOwn(BUILT_IN_ENVIRONMENTS, name);
}
