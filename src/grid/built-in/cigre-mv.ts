import type { Load, Network, StaticGenerator, Transformer } from '../network/network.js';
import { buses, lines, type Conductor } from './tables.js';

const CONDUCTORS: Record<string, Conductor> = {
  cable: [0.501, 0.716, 151.1749, 0.145],
  overhead: [0.51, 0.366, 10.09679, 0.195],
};

function transformer(lv: string): Transformer {
  return {
    ...{ id: `0-${lv}`, hv: '0', lv, ratedMva: 25, hvKv: 110, lvKv: 20 },
    ...{ vkPercent: 12.00107, vkrPercent: 0.16, shiftDegree: 30 },
  };
}

/** The benchmark gives apparent power (MVA) and power factor. */
function load(kind: string, bus: number, mva: number, powerFactor: number): Load {
  const qMvar = mva * Math.sqrt(1 - powerFactor ** 2);
  return { id: `${kind}${bus}`, bus: String(bus), pMw: mva * powerFactor, qMvar };
}

function generator(id: string, bus: number, pMw: number): StaticGenerator {
  return { id, bus: String(bus), pMw, qMvar: 0 };
}

/** Which distributed resources the network carries. */
export type CigreDer = 'none' | 'pv-wind' | 'all';

/**
 * CIGRE European medium-voltage benchmark with two feeders, its ring switches open.
 *
 * Source: CIGRE Task Force C6.04.02, brochure 575, 2014; distributed resources of K. Rudion et al., "Design of
 * Benchmark of Medium Voltage Distribution Network for Investigation of DG Integration", 2006; as in pandapower.
 * Reference results: test/unit/grid/built-in.
 *
 * @param der `pv-wind`: eight PV plants and a wind turbine; `all`: also two batteries, fuel cells and a CHP unit
 */
export function cigreMv(der: CigreDer = 'none'): Network {
  return {
    name: 'CIGRE MV',
    reference: 'CIGRE Task Force C6.04.02, brochure 575 (2014), European MV benchmark',
    baseMva: 1,
    frequencyHz: 50,
    buses: [
      ...buses(110, ['0']),
      ...buses(20, ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12', '13', '14']),
    ],
    sources: [{ id: 'grid', bus: '0', vmPu: 1.03 }],
    lines: lines(CONDUCTORS, [
      ['1', '2', 2.82, 'cable'],
      ['2', '3', 4.42, 'cable'],
      ['3', '4', 0.61, 'cable'],
      ['4', '5', 0.56, 'cable'],
      ['5', '6', 1.54, 'cable'],
      ['7', '8', 1.67, 'cable'],
      ['8', '9', 0.32, 'cable'],
      ['9', '10', 0.77, 'cable'],
      ['10', '11', 0.33, 'cable'],
      ['3', '8', 1.3, 'cable'],
      ['12', '13', 4.89, 'overhead'],
      ['13', '14', 2.99, 'overhead'],
      ['6', '7', 0.24, 'cable'],
      ['11', '4', 0.49, 'cable'],
      ['14', '8', 2.0, 'overhead'],
    ]),
    transformers: [transformer('1'), transformer('12')],
    loads: [
      ...[
        load('R', 1, 15.3, 0.98),
        load('R', 3, 0.285, 0.97),
        load('R', 4, 0.445, 0.97),
        load('R', 5, 0.75, 0.97),
      ],
      ...[
        load('R', 6, 0.565, 0.97),
        load('R', 8, 0.605, 0.97),
        load('R', 10, 0.49, 0.97),
        load('R', 11, 0.34, 0.97),
      ],
      ...[load('R', 12, 15.3, 0.98), load('R', 14, 0.215, 0.97)],
      ...[
        load('CI', 1, 5.1, 0.95),
        load('CI', 3, 0.265, 0.85),
        load('CI', 7, 0.09, 0.85),
        load('CI', 9, 0.675, 0.85),
      ],
      ...[load('CI', 10, 0.08, 0.85), load('CI', 12, 5.28, 0.95), load('CI', 13, 0.04, 0.85)],
      load('CI', 14, 0.39, 0.85),
    ],
    staticGenerators: [...(der === 'none' ? [] : pvAndWind()), ...(der === 'all' ? otherGenerators() : [])],
    storages:
      der === 'all'
        ? [
            { id: 'battery 5', bus: '5', pMw: 0.6, qMvar: 0 },
            { id: 'battery 10', bus: '10', pMw: 0.2, qMvar: 0 },
          ]
        : [],
    switches: [
      { id: 'S1', bus: '8', element: '14-8', elementKind: 'line', closed: false },
      { id: 'S2', bus: '7', element: '6-7', elementKind: 'line', closed: false },
      { id: 'S3', bus: '4', element: '11-4', elementKind: 'line', closed: false },
    ],
  };
}

function pvAndWind(): StaticGenerator[] {
  const ratings = { 3: 0.02, 4: 0.02, 5: 0.03, 6: 0.03, 8: 0.03, 9: 0.03, 10: 0.04, 11: 0.01 };
  const plants = Object.entries(ratings).map(([bus, pMw]) => generator(`PV ${bus}`, Number(bus), pMw));
  return [...plants, generator('wind 7', 7, 1.5)];
}

function otherGenerators(): StaticGenerator[] {
  return [
    generator('residential fuel cell 5', 5, 0.033),
    generator('CHP 9', 9, 0.31),
    generator('fuel cell 9', 9, 0.212),
    generator('residential fuel cell 10', 10, 0.014),
  ];
}
