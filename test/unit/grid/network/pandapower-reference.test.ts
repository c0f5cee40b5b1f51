import assert from 'node:assert/strict';
import { readPandapower } from '../../../../src/grid/network/pandapower/import.js';
import { solvePowerFlow } from '../../../../src/grid/power-flow/report.js';
import { CHANGES } from '../../../support/pandapower-changes.js';
import { example } from '../../../support/pandapower-example.js';

/** Per change: vm (pu) and va (degrees) of bus 2, P (MW) and Q (Mvar) of all sources, by pandapower 3.5.6 `runpp`. */
const REFERENCE: readonly [string, number, number, number, number][] = [
  ['leakage ratios of a transformer', 1.03780036515, -151.131788933, 4.38040122873, 0.49991559615],
  ['a tap table', 1.03731414088, -149.744268857, 4.38057938504, 0.509932181275],
  ['a shunt table', 1.04113091129, -151.159567635, 4.48079195139, -0.326180034088],
  ['a transformer at a bus out of service', 1.00522277703, -151.20510183, 4.38173301037, 0.574249323309],
  [
    'vector groups that differ within a low-voltage ring',
    1.049190304,
    -123.378829942,
    0.336063100609,
    0.19980358574,
  ],
  ['a second tap changer', 1.03804967318, -149.416979183, 4.38032447451, 0.499814247354],
  ['a three-winding transformer', 0.979332771968, -151.106767067, 5.56592367156, 0.47183567034],
  [
    'a three-winding transformer with its tap at the star point',
    0.965887700941,
    -151.99736651,
    5.56851268816,
    0.497389729624,
  ],
  ['an extended ward', 1.02998700564, -151.223470177, 5.12512597894, 1.56020406568],
  ['a direct-current line', 1.01, -151.130321569, 4.43798314367, 7.39936967236],
  [
    'an impedance that differs between its directions',
    1.03911649139,
    -151.227502242,
    4.53141883133,
    0.383405474994,
  ],
  [
    'a closed switch with an impedance, and an open one',
    1.04609695523,
    -151.035849865,
    4.34717704315,
    0.477607011271,
  ],
  ['switches to a bus out of service', 1.04212872927, -151.075113691, 4.36260869763, 0.487324484186],
  ['two sources in one island', 1.01, -150.5, 4.47031074079, 0.717019634708],
  ['motors and unbalanced loads', 1.03448482883, -151.308849049, 5.15758990431, 0.865912461732],
];

function assertClose(actual: number | undefined, expected: number, tolerance: number, what: string): void {
  assert.ok(
    Math.abs((actual ?? NaN) - expected) < tolerance,
    `${what}: ${actual ?? 'missing'} instead of ${expected}`,
  );
}

describe('networks that pandapower solves', () => {
  for (const [name, vm, va, p, q] of REFERENCE) {
    it(`gives what it gives: ${name}`, () => {
      const { network, warnings } = readPandapower(example(CHANGES[name]));
      assert.deepEqual(warnings, []);
      const result = solvePowerFlow(network);
      assert.equal(result.converged, true, result.reason);
      const bus = result.buses.find(({ id }) => id === '2');
      assertClose(bus?.vmPu, vm, 1e-8, 'vm');
      assertClose(bus?.vaDegree, va, 1e-6, 'va');
      const sum = (key: 'pMw' | 'qMvar'): number =>
        result.sources.reduce((total, one) => total + one[key], 0);
      assertClose(sum('pMw'), p, 1e-7, 'P of the sources');
      assertClose(sum('qMvar'), q, 1e-7, 'Q of the sources');
    });
  }

  it('has a reference for every change', () => {
    assert.deepEqual(
      REFERENCE.map(([name]) => name),
      Object.keys(CHANGES),
    );
  });
});
