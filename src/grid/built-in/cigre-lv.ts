import type { Network, Transformer } from '../network/network.js';
import { buses, lines, loads, type Conductor } from './tables.js';

/** Underground (UG) and overhead (OH) lines of the benchmark. */
const CONDUCTORS: Record<string, Conductor> = {
  UG1: [0.162, 0.0832, 0, 1],
  UG2: [0.2647, 0.0823, 0, 1],
  UG3: [0.822, 0.0847, 0, 1],
  OH1: [0.4917, 0.2847, 0, 1],
  OH2: [1.3207, 0.321, 0, 1],
  OH3: [2.0167, 0.3343, 0, 1],
};

function transformer(feeder: string, ratedMva: number, vkPercent: number, vkrPercent: number): Transformer {
  const [hv, lv] = [`${feeder}0`, `${feeder}1`];
  return { id: `${hv}-${lv}`, hv, lv, ratedMva, hvKv: 20, lvKv: 0.4, vkPercent, vkrPercent, shiftDegree: 30 };
}

/**
 * CIGRE European low-voltage benchmark: a residential (R), an industrial (I) and a commercial (C) feeder.
 *
 * Source: CIGRE Task Force C6.04.02, "Benchmark Systems for Network Integration of Renewable and Distributed Energy
 * Resources", brochure 575, 2014; loads and ratings as in pandapower. Reference results: test/unit/grid/built-in.
 */
export function cigreLv(): Network {
  return {
    name: 'CIGRE LV',
    reference: 'CIGRE Task Force C6.04.02, brochure 575 (2014), European LV benchmark',
    baseMva: 1,
    frequencyHz: 50,
    buses: [
      ...buses(20, ['0', 'R0']),
      ...buses(0.4, ['R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7', 'R8', 'R9']),
      ...buses(0.4, ['R10', 'R11', 'R12', 'R13', 'R14', 'R15', 'R16', 'R17', 'R18']),
      ...buses(20, ['I0']),
      ...buses(0.4, ['I1', 'I2']),
      ...buses(20, ['C0']),
      ...buses(0.4, ['C1', 'C2', 'C3', 'C4', 'C5', 'C6', 'C7', 'C8', 'C9', 'C10']),
      ...buses(0.4, ['C11', 'C12', 'C13', 'C14', 'C15', 'C16', 'C17', 'C18', 'C19', 'C20']),
    ],
    sources: [{ id: 'grid', bus: '0', vmPu: 1 }],
    lines: lines(CONDUCTORS, [
      ['R1', 'R2', 0.035, 'UG1'],
      ['R2', 'R3', 0.035, 'UG1'],
      ['R3', 'R4', 0.035, 'UG1'],
      ['R4', 'R5', 0.035, 'UG1'],
      ['R5', 'R6', 0.035, 'UG1'],
      ['R6', 'R7', 0.035, 'UG1'],
      ['R7', 'R8', 0.035, 'UG1'],
      ['R8', 'R9', 0.035, 'UG1'],
      ['R9', 'R10', 0.035, 'UG1'],
      ['R3', 'R11', 0.03, 'UG3'],
      ['R4', 'R12', 0.035, 'UG3'],
      ['R12', 'R13', 0.035, 'UG3'],
      ['R13', 'R14', 0.035, 'UG3'],
      ['R14', 'R15', 0.03, 'UG3'],
      ['R6', 'R16', 0.03, 'UG3'],
      ['R9', 'R17', 0.03, 'UG3'],
      ['R10', 'R18', 0.03, 'UG3'],
      ['I1', 'I2', 0.2, 'UG2'],
      ['C1', 'C2', 0.03, 'OH1'],
      ['C2', 'C3', 0.03, 'OH1'],
      ['C3', 'C4', 0.03, 'OH1'],
      ['C4', 'C5', 0.03, 'OH1'],
      ['C5', 'C6', 0.03, 'OH1'],
      ['C6', 'C7', 0.03, 'OH1'],
      ['C7', 'C8', 0.03, 'OH1'],
      ['C8', 'C9', 0.03, 'OH1'],
      ['C3', 'C10', 0.03, 'OH2'],
      ['C10', 'C11', 0.03, 'OH2'],
      ['C11', 'C12', 0.03, 'OH3'],
      ['C11', 'C13', 0.03, 'OH3'],
      ['C10', 'C14', 0.03, 'OH3'],
      ['C5', 'C15', 0.03, 'OH2'],
      ['C15', 'C16', 0.03, 'OH2'],
      ['C15', 'C17', 0.03, 'OH3'],
      ['C16', 'C18', 0.03, 'OH3'],
      ['C8', 'C19', 0.03, 'OH3'],
      ['C9', 'C20', 0.03, 'OH3'],
    ]),
    transformers: [
      transformer('R', 0.5, 4.123106, 1),
      transformer('I', 0.15, 4.126896, 1.003125),
      transformer('C', 0.3, 4.115529, 0.99375),
    ],
    loads: loads([
      ['R1', 0.19, 0.06244998],
      ['R11', 0.01425, 0.004683748],
      ['R15', 0.0494, 0.016236995],
      ['R16', 0.05225, 0.017173744],
      ['R17', 0.03325, 0.010928746],
      ['R18', 0.04465, 0.014675745],
      ['I2', 0.085, 0.052678269],
      ['C1', 0.108, 0.052306787],
      ['C12', 0.018, 0.008717798],
      ['C13', 0.018, 0.008717798],
      ['C14', 0.0225, 0.010897247],
      ['C17', 0.0225, 0.010897247],
      ['C18', 0.0072, 0.003487119],
      ['C19', 0.0144, 0.006974238],
      ['C20', 0.0072, 0.003487119],
    ]),
    switches: [
      { id: 'S1', bus: '0', element: 'R0', elementKind: 'bus', closed: true },
      { id: 'S2', bus: '0', element: 'I0', elementKind: 'bus', closed: true },
      { id: 'S3', bus: '0', element: 'C0', elementKind: 'bus', closed: true },
    ],
  };
}
