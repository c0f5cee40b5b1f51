import type { Line, Network } from '../network/network.js';

type Section = readonly [from: number, to: number, rOhm: number, xOhm: number];

const FEEDER: readonly Section[] = [
  [1, 2, 0.0922, 0.047],
  [2, 3, 0.493, 0.2511],
  [3, 4, 0.366, 0.1864],
  [4, 5, 0.3811, 0.1941],
  [5, 6, 0.819, 0.707],
  [6, 7, 0.1872, 0.6188],
  [7, 8, 0.7114, 0.2351],
  [8, 9, 1.03, 0.74],
  [9, 10, 1.044, 0.74],
  [10, 11, 0.1966, 0.065],
  [11, 12, 0.3744, 0.1238],
  [12, 13, 1.468, 1.155],
  [13, 14, 0.5416, 0.7129],
  [14, 15, 0.591, 0.526],
  [15, 16, 0.7463, 0.545],
  [16, 17, 1.289, 1.721],
  [17, 18, 0.732, 0.574],
  [2, 19, 0.164, 0.1565],
  [19, 20, 1.5042, 1.3554],
  [20, 21, 0.4095, 0.4784],
  [21, 22, 0.7089, 0.9373],
  [3, 23, 0.4512, 0.3083],
  [23, 24, 0.898, 0.7091],
  [24, 25, 0.896, 0.7011],
  [6, 26, 0.203, 0.1034],
  [26, 27, 0.2842, 0.1447],
  [27, 28, 1.059, 0.9337],
  [28, 29, 0.8042, 0.7006],
  [29, 30, 0.5075, 0.2585],
  [30, 31, 0.9744, 0.963],
  [31, 32, 0.3105, 0.3619],
  [32, 33, 0.341, 0.5302],
];

/** Normally open; they allow other radial configurations. */
const TIES: readonly Section[] = [
  [21, 8, 2, 2],
  [9, 15, 2, 2],
  [12, 22, 2, 2],
  [18, 33, 0.5, 0.5],
  [25, 29, 0.5, 0.5],
];

const LOADS_KW_KVAR: readonly (readonly [bus: number, kw: number, kvar: number])[] = [
  [2, 100, 60],
  [3, 90, 40],
  [4, 120, 80],
  [5, 60, 30],
  [6, 60, 20],
  [7, 200, 100],
  [8, 200, 100],
  [9, 60, 20],
  [10, 60, 20],
  [11, 45, 30],
  [12, 60, 35],
  [13, 60, 35],
  [14, 120, 80],
  [15, 60, 10],
  [16, 60, 20],
  [17, 60, 20],
  [18, 90, 40],
  [19, 90, 40],
  [20, 90, 40],
  [21, 90, 40],
  [22, 90, 40],
  [23, 90, 50],
  [24, 420, 200],
  [25, 420, 200],
  [26, 60, 25],
  [27, 60, 25],
  [28, 60, 20],
  [29, 120, 70],
  [30, 200, 600],
  [31, 150, 70],
  [32, 210, 100],
  [33, 60, 40],
];

/** The publication gives whole sections: 1 km stands for each. */
function section([from, to, rOhmPerKm, xOhmPerKm]: Section, inService: boolean): Line {
  const ends = { from: String(from), to: String(to) };
  return { id: `${from}-${to}`, ...ends, lengthKm: 1, rOhmPerKm, xOhmPerKm, inService };
}

/**
 * 33-bus radial feeder, 12.66 kV.
 *
 * Source: M. E. Baran, F. F. Wu, "Network reconfiguration in distribution systems for loss reduction and load
 * balancing", IEEE Transactions on Power Delivery 4(2), 1989. Reference results: test/unit/grid/built-in.
 */
export function case33(): Network {
  return {
    name: '33-bus feeder',
    reference: 'Baran and Wu, IEEE Transactions on Power Delivery 4(2), 1989',
    baseMva: 10,
    buses: Array.from({ length: 33 }, (_, index) => ({ id: String(index + 1), nominalKv: 12.66 })),
    sources: [{ id: 'substation', bus: '1', vmPu: 1 }],
    lines: [...FEEDER.map((row) => section(row, true)), ...TIES.map((row) => section(row, false))],
    loads: LOADS_KW_KVAR.map(([bus, kw, kvar]) => ({
      ...{ id: `load ${bus}`, bus: String(bus), pMw: kw / 1000, qMvar: kvar / 1000 },
    })),
  };
}
