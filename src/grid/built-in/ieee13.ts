import type { Network } from '../network/network.js';
import { balanced, buses, lines, loads, type Conductor } from './tables.js';

const NONE = { r: [], x: [], b: [] };

/** Configurations 601 to 607 of the test feeder: phase matrices per mile, as published. */
const CONDUCTORS: Record<string, Conductor> = {
  '601': balanced(
    { r: [0.3465, 0.3375, 0.3414], x: [1.0179, 1.0478, 1.0348], b: [6.2998, 5.9597, 5.6386] },
    { r: [0.156, 0.158, 0.1535], x: [0.5017, 0.4236, 0.3849], b: [-1.9958, -1.2595, -0.7417] },
    0.73,
  ),
  '602': balanced(
    { r: [0.7526, 0.7475, 0.7436], x: [1.1814, 1.1983, 1.2112], b: [5.699, 5.1795, 5.4246] },
    { r: [0.158, 0.156, 0.1535], x: [0.4236, 0.5017, 0.3849], b: [-1.0817, -1.6905, -0.6588] },
    0.45,
  ),
  '603': balanced(
    { r: [1.3294, 1.3238], x: [1.3471, 1.3569], b: [4.7097, 4.6658] },
    { r: [0.2066], x: [0.4591], b: [-0.8999] },
    0.25,
  ),
  // 604 and the resistance of 605 as in the balanced original; they differ from the published matrices.
  '604': [0.4457940082258287, 0.549576069177227, 0.8822953120443278, 0.25],
  '605': balanced({ r: [1.3294], x: [1.3475], b: [4.5193] }, NONE, 0.25),
  '606': balanced(
    { r: [0.7982, 0.7891, 0.7982], x: [0.4463, 0.4041, 0.4463], b: [96.8897, 96.8897, 96.8897] },
    { r: [0.3192, 0.2849, 0.3192], x: [0.0328, -0.0143, 0.0328], b: [0, 0, 0] },
    0.25,
  ),
  '607': balanced({ r: [1.3425], x: [0.5124], b: [88.9912] }, NONE, 0.18),
};

/**
 * IEEE 13-node test feeder as a balanced single-phase equivalent.
 *
 * Source: IEEE PES Test Feeder Working Group, 13-bus feeder (line configurations, loads); reduction, ratings and the
 * doubled load at 692 as in the model of hepengli/powergrid. Reference results: test/unit/grid/built-in.
 */
export function ieee13(): Network {
  return {
    name: 'IEEE 13',
    reference: 'IEEE PES 13-node test feeder, balanced equivalent as in hepengli/powergrid',
    baseMva: 1,
    frequencyHz: 50,
    buses: [
      ...buses(24.9, ['650']),
      ...buses(4.16, ['646', '645', '632', '633']),
      ...buses(0.48, ['634']),
      ...buses(4.16, ['611', '684', '671', '692', '675', '652', '680']),
    ],
    sources: [{ id: 'substation', bus: '650', vmPu: 1 }],
    lines: lines(CONDUCTORS, [
      ['632', '645', 0.1524, '603'],
      ['632', '633', 0.1524, '602'],
      ['645', '646', 0.0914, '603'],
      ['684', '652', 0.2438, '607'],
      ['632', '671', 0.6096, '601'],
      ['671', '684', 0.0914, '604'],
      ['671', '680', 0.3048, '601'],
      ['684', '611', 0.0914, '605'],
      ['692', '675', 0.1524, '606'],
    ]),
    transformers: [
      {
        ...{ id: '650-632', hv: '650', lv: '632', ratedMva: 5, hvKv: 24.9, lvKv: 4.16 },
        ...{ vkPercent: 8, vkrPercent: 1 },
        tap: { side: 'lv', position: 0, neutral: 0, min: -2, max: 2, stepPercent: 2.5 },
      },
      {
        ...{ id: '633-634', hv: '633', lv: '634', ratedMva: 0.5, hvKv: 4.16, lvKv: 0.48 },
        ...{ vkPercent: 2, vkrPercent: 1.1 },
      },
    ],
    loads: loads([
      ['634', 0.4, 0.29],
      ['645', 0.17, 0.125],
      ['646', 0.23, 0.132],
      ['652', 0.128, 0.086],
      ['671', 1.115, 0.66],
      ['675', 0.843, 0.462],
      ['692', 0.843, 0.462],
      ['611', 0.17, 0.08],
    ]),
    switches: [{ id: '671-692', bus: '671', element: '692', elementKind: 'bus', closed: true }],
  };
}
