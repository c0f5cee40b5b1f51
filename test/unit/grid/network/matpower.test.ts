import assert from 'node:assert/strict';
import { GridwireError } from '../../../../src/errors.js';
import { importMatpower } from '../../../../src/grid/network/matpower/import.js';
import { MAXIMUM_CASE_LENGTH } from '../../../../src/grid/network/matpower/statements.js';
import { solvePowerFlow } from '../../../../src/grid/power-flow/report.js';

function caseFile(conversions = '', load = '100\t60'): string {
  return `function mpc = two_buses
%% a comment with 'quotes' and [brackets
mpc.version = '2';
mpc.baseMVA = 10;
mpc.bus = [	% bus data
	1	3	0	0	0	0	1	1	0	12.66	1	1	1;
	2	1	${load}	0	0	1	1	0	12.66	1	1.1	0.9;
];
mpc.gen = [
	1	0	0	10	-10	1.02	100	1	10	0	0	0	0	0	0	0	0	0	0	0	0;
];
mpc.branch = [
	1	2	0.0922	0.0470	0	0	0	0	0	0	1	-360	360;
];
mpc.bus_name = {
	'one; two';
	'it''s';
};
${conversions}
`;
}

const CONVERSIONS = `
[PQ, PV, REF, NONE, BUS_I, BUS_TYPE, PD, QD, GS, BS, BUS_AREA, VM, ...
    VA, BASE_KV, ZONE, VMAX, VMIN, LAM_P, LAM_Q, MU_VMAX, MU_VMIN] = idx_bus;
[F_BUS, T_BUS, BR_R, BR_X] = idx_brch;
Vbase = mpc.bus(1, BASE_KV) * 1e3;      %% in Volts
Sbase = mpc.baseMVA * 1e6;              %% in VA
mpc.branch(:, [BR_R BR_X]) = mpc.branch(:, [BR_R BR_X]) / (Vbase^2 / Sbase);
mpc.bus(:, [PD, QD]) = mpc.bus(:, [PD, QD]) / 1e3;
`;

function refusal(text: string): string {
  try {
    importMatpower(text);
  } catch (error) {
    assert.ok(error instanceof GridwireError);
    assert.equal(error.code, 'NETWORK_INVALID');
    return error.message;
  }
  return 'accepted';
}

describe('MATPOWER import', () => {
  it('applies the unit conversions at the end of distribution cases', () => {
    const { branches, loads, name } = importMatpower(caseFile(CONVERSIONS));
    assert.equal(name, 'two_buses');
    assert.deepEqual([loads?.[0]?.pMw, loads?.[0]?.qMvar], [0.1, 0.06]);
    assert.ok(Math.abs((branches?.[0]?.rPu ?? NaN) - 0.0922 / 16.02756) < 1e-12);
  });

  it('applies a power factor to loads given in MVA', () => {
    const powerFactor = `${CONVERSIONS}
pf = 0.85;
mpc.bus(:, QD) = mpc.bus(:, PD) * sin(acos(pf));
mpc.bus(:, PD) = mpc.bus(:, PD) * pf;`;
    const [load] = importMatpower(caseFile(powerFactor)).loads ?? [];
    assert.ok(Math.abs((load?.pMw ?? NaN) - 0.085) < 1e-15);
    assert.ok(Math.abs((load?.qMvar ?? NaN) - 0.1 * Math.sqrt(1 - 0.85 ** 2)) < 1e-15);
  });

  it('understands ranges of rows and columns', () => {
    const [load] = importMatpower(caseFile('mpc.bus(2:end, 3:4) = mpc.bus(2:end, 3:4) / 1e3;')).loads ?? [];
    assert.deepEqual([load?.pMw, load?.qMvar], [0.1, 0.06]);
  });

  it('reads formulas within a matrix', () => {
    const [load] = importMatpower(caseFile('', '50/3\t135/sqrt(3)')).loads ?? [];
    assert.deepEqual([load?.pMw, load?.qMvar], [50 / 3, 135 / Math.sqrt(3)]);
  });

  it('keeps elements that are switched off, holds voltages, and leaves isolated buses out', () => {
    const text = `function mpc = c
mpc.baseMVA = 100;
mpc.bus = [1 3 0 0 0 0 1 1 5 0 1 1.1 0.9; 2 2 10 5 0 19 1 1 0 0 1 1.1 0.9; 3 2 0 0 0 0 1 1 0 0 1 1.1 0.9
 4 4 0 0 0 0 1 1 0 0 1 1.1 0.9];
mpc.gen = [1 0 0 10 -10 1.06 100 1; 2 40 3 50 -40 1.045 100 1; 3 9 9 9 -9 1.2 100 0];
mpc.branch = [1 2 0.01 0.1 0.02 80 0 0 0.978 30 1; 2 3 0.01 0.1 0 0 0 0 0 0 1; 1 3 0.01 0.1 0 0 0 0 0 0 0];
`;
    const network = importMatpower(text);
    assert.deepEqual(network.sources, [{ id: 'source 1', bus: '1', vmPu: 1.06, vaDegree: 5 }]);
    assert.deepEqual(
      network.generators?.map(({ bus, vmPu, pMw, minQMvar, maxQMvar }) => [
        bus,
        vmPu,
        pMw,
        minQMvar,
        maxQMvar,
      ]),
      [['2', 1.045, 40, -40, 50]],
    );
    assert.deepEqual(network.shunts, [{ id: 'shunt 2', bus: '2', pMw: 0, qMvar: -19 }]);
    assert.deepEqual(
      network.branches?.map(({ inService, ratio, shiftDegree, ratedMva }) => [
        inService,
        ratio,
        shiftDegree,
        ratedMva,
      ]),
      [
        [true, 0.978, 30, 80],
        [true, 1, 0, undefined],
        [false, 1, 0, undefined],
      ],
    );
    const result = solvePowerFlow(network);
    assert.equal(result.converged, true, result.reason);
    assert.deepEqual(
      result.buses.map(({ id }) => id),
      ['1', '2', '3'],
    );
  });

  const REFUSED: [string, string, RegExp][] = [
    [
      'a conversion that is not understood',
      caseFile('mpc = scale_load(2, mpc);'),
      /"scale_load" is not known/,
    ],
    ['control flow', caseFile('if 1\nmpc.baseMVA = 1;\nend'), /in "if 1": only assignments are supported/],
    ['code hidden in a name', caseFile('x = constructor(1);'), /"constructor" is not known/],
    ['an index outside a table', caseFile('mpc.bus(:, 99) = 1;'), /an index lies outside mpc.bus/],
    ['a range without end', caseFile('mpc.bus(1:1e12, 3) = 1;'), /a range cannot be used/],
    ['sizes that do not fit', caseFile('mpc.bus(:, 3) = [1 2 3];'), /another size/],
    ['a product of matrices', caseFile('x = [1 2] * [3 4];'), /matrix products are not supported/],
    ['a missing table', 'mpc.baseMVA = 1;', /mpc.bus is missing/],
    ['text that is no case file', 'hello world', /in "hello world": only assignments/],
    ['nothing', '', /mpc.baseMVA is missing/],
    ['rows of different length', 'mpc.bus = [1 2; 3];', /its rows differ in length/],
    ['a formula nested without end', `x = ${'('.repeat(10_000)}1${')'.repeat(10_000)};`, /nested too deeply/],
    ['a chain of signs without end', `x = ${'-'.repeat(10_000)}1;`, /nested too deeply/],
  ];
  for (const [what, text, message] of REFUSED) {
    it(`refuses ${what}`, () => {
      assert.match(refusal(text), message);
    });
  }

  it('refuses a file beyond its limit without reading it', () => {
    assert.match(refusal(' '.repeat(MAXIMUM_CASE_LENGTH + 1)), /longer than 64 MB/);
  });
});
