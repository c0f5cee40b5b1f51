import assert from 'node:assert/strict';
import { GridwireError } from '../../../../src/errors.js';
import { importMatpower, readMatpower } from '../../../../src/grid/network/matpower/import.js';
import { MAXIMUM_CASE_LENGTH } from '../../../../src/grid/network/matpower/run.js';
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

  it('takes the branches and generators of an isolated bus out, as MATPOWER does', () => {
    const text = `function mpc = c
mpc.baseMVA = 100;
mpc.bus = [1 3 0 0 0 0 1 1 0 0 1 1.1 0.9; 2 1 10 5 0 0 1 1 0 0 1 1.1 0.9; 3 4 7 7 0 9 1 1 0 0 1 1.1 0.9];
mpc.gen = [1 0 0 10 -10 1 100 1; 3 40 3 50 -40 1.045 100 1];
mpc.branch = [1 2 0.01 0.1 0 0 0 0 0 0 1; 2 3 0.01 0.1 0.9 0 0 0 0 0 1];
`;
    const result = solvePowerFlow(importMatpower(text));
    assert.deepEqual([result.branches[1]?.pFromMw, result.branches[1]?.qFromMvar], [0, 0]);
    const alone = solvePowerFlow(importMatpower(text.replace('0.9 0 0 0 0 0 1]', '0.9 0 0 0 0 0 0]')));
    assert.equal(result.buses[1]?.vmPu, alone.buses[1]?.vmPu);
  });

  it('passes the reference on where it has no running generator, and says so', () => {
    const text = (status: string): string => `mpc.baseMVA = 100;
mpc.bus = [1 3 0 0 0 0 1 1 0 0 1 1.1 0.9; 2 2 10 5 0 0 1 1 4 0 1 1.1 0.9; 3 2 7 7 0 9 1 1 0 0 1 1.1 0.9];
mpc.gen = [1 0 0 10 -10 1 100 ${status}; 2 4 3 50 -40 1.02 100 1; 3 4 3 50 -40 1.02 100 1];
mpc.branch = [1 2 0.01 0.1 0 0 0 0 0 0 1; 2 3 0.01 0.1 0.9 0 0 0 0 0 1];
`;
    const { network, warnings } = readMatpower(text('0'));
    assert.deepEqual(network.sources, [{ id: 'source 2', bus: '2', vmPu: 1.02, vaDegree: 4 }]);
    assert.deepEqual(
      network.generators?.map(({ bus }) => bus),
      ['3'],
    );
    assert.match(warnings.join(), /reference bus 1 has no running generator: bus 2, the first that holds/);
    assert.equal(solvePowerFlow(network).converged, true);
    assert.deepEqual(readMatpower(text('1')).warnings, []);
  });

  it('starts from the voltages of the case', () => {
    const network = importMatpower(
      caseFile(CONVERSIONS).replace('2\t1\t100\t60\t0\t0\t1\t1\t0', '2\t1\t100\t60\t0\t0\t1\t1.01\t-2'),
    );
    assert.deepEqual([network.buses[1]?.vmPu, network.buses[1]?.vaDegree], [1.01, -2]);
    assert.equal(solvePowerFlow(network).start, 'case');
  });

  describe('understands', () => {
    const bus = (code: string): number[][] => {
      const { loads = [] } = importMatpower(caseFile(code));
      return loads.map(({ pMw, qMvar }) => [pMw, qMvar]);
    };
    const CODE: [string, string, number[][]][] = [
      ['block comments', '%{\nmpc.bus(:, 3) = 0;\n  %{\n nested\n %}\nx = y z\n%}', [[100, 60]]],
      [
        'a block comment within a table of plain numbers',
        'x = [\n 1 2\n%{\n 3 4\n%}\n 5 6 %{ no block\n];\nmpc.bus(2, 3:4) = [size(x, 1), x(2, 1)];',
        [[2, 5]],
      ],
      ['a continuation straight after a number', 'mpc.bus(2, 3:4) = [1... and\n 2];', [[1, 2]]],
      ['a comment that only looks like a block', '%{ mpc.bus(:, 3) = 0;', [[100, 60]]],
      [
        'if, elseif and else',
        'if 0\n mpc.bus(2,3)=1;\nelseif mpc.baseMVA == 10, mpc.bus(2,3)=2; else\n mpc.bus(2,3)=3; end',
        [[2, 60]],
      ],
      [
        'an if that is not taken and holds what is not known',
        'fixed = 0;\nif fixed\n foo(3);\nend',
        [[100, 60]],
      ],
      ['for', 'for k = 1:3\n mpc.bus(2, 3) = mpc.bus(2, 3) + k;\nend', [[106, 60]]],
      [
        'for over columns, with break and continue',
        'for k = [1 5 9], if k == 5, continue; end, if k == 9\nbreak; end\n mpc.bus(2,3) = k; end',
        [[1, 60]],
      ],
      ['while', 'while mpc.bus(2,3) > 60\n mpc.bus(2,3) = mpc.bus(2,3) - 25;\nend', [[50, 60]]],
      [
        'rows found by a condition',
        'k = find(mpc.bus(:, 3) > 5 & isinf(1/mpc.bus(2,5)));\nmpc.bus(k, 3) = mpc.bus(k, 3) / 2;',
        [[50, 60]],
      ],
      [
        'a mask that is true throughout',
        'mpc.bus(mpc.bus(:, 1) > 0, 3) = 7;',
        [
          [7, 0],
          [7, 60],
        ],
      ],
      [
        'a condition that finds nothing',
        'k = find(mpc.bus(:, 3) > 1e6); mpc.bus(k, 3) = mpc.bus(k, 4);',
        [[100, 60]],
      ],
      [
        'signs that begin an entry and signs that do not',
        'x = [1 -2; 3 - 4, 5]; mpc.bus(2, 3:4) = x(1, :) + [x(2, 1) -1];',
        [[0, -3]],
      ],
      [
        'transposed tables and texts beside each other',
        "x = [1; 2]'; y = 'it''s % no comment'; mpc.bus(2, [3 4]) = x;",
        [[1, 2]],
      ],
      ['products, powers and precedence', 'mpc.bus(2, 3) = [1 2] * [3; 4] - 2^-1 + -2^2 * 2;', [[2.5, 60]]],
      [
        'names of columns by their position',
        '[a, b, c, ~, e, f, P] = idx_bus; mpc.bus(2, P) = 9;',
        [[9, 60]],
      ],
      ['all constants at once', 'define_constants; mpc.bus(2, QD) = mpc.bus(2, PD) * 2;', [[100, 200]]],
      ['ranges with a step, and end', 'x = 10:-5:0; mpc.bus(end, 3) = x(end - 1);', [[5, 60]]],
      [
        'size, sum, max, ones',
        '[r, c] = size(mpc.bus); mpc.bus(r, 3) = sum(max([1 5; 7 2])) + c + ones(1, 2) * [1; 1];',
        [[27, 60]],
      ],
      ['an early return', 'mpc.bus(2, 3) = 1;\nreturn;\nmpc.bus(2, 3) = 2;', [[1, 60]]],
      ['rows taken out', 'mpc.bus = [mpc.bus; mpc.bus(2, :)];\nmpc.bus(3, :) = [];', [[100, 60]]],
      [
        'rows taken out by a mask',
        'x = mpc.bus;\nx(x(:, 2) == 3, :) = [];\nmpc.bus(2, 3) = size(x, 1);',
        [[1, 60]],
      ],
      ['columns taken out', 'x = [1 2 3];\nx(:, 2) = [];\nmpc.bus(2, 3) = x(2);', [[3, 60]]],
      [
        'a row added behind the last',
        'x = mpc.bus;\nx(end + 1, :) = 7;\nmpc.bus(2, 3) = x(3, 1);',
        [[7, 60]],
      ],
      ['tables below each other', 'x = vertcat([1 2], [3 4]);\nmpc.bus(2, 3) = x(2, 2);', [[4, 60]]],
      ['what is only shown', "disp('hello');\nfprintf('%d\\n', 3);", [[100, 60]]],
      ['entries divided one by one, straight after a number', 'mpc.bus(2, 3:4) = 1./[2 4];', [[0.5, 0.25]]],
    ];
    for (const [what, code, expected] of CODE) {
      it(what, () => {
        assert.deepEqual(bus(code), expected);
      });
    }

    it('version 1, whose tables stand bare, and records of another name', () => {
      const one = caseFile()
        .replace('function mpc = two_buses', 'function [baseMVA, bus, gen, branch] = two_buses')
        .replaceAll('mpc.', '');
      assert.deepEqual(
        importMatpower(one).loads?.map(({ pMw }) => pMw),
        [100],
      );
      assert.deepEqual(
        importMatpower(caseFile().replaceAll('mpc', 'grid')).loads?.map(({ pMw }) => pMw),
        [100],
      );
    });
  });

  const REFUSED: [string, string, RegExp][] = [
    [
      'a conversion that is not understood',
      caseFile('mpc = scale_load(2, mpc);'),
      /line 19: "mpc" is not known/,
    ],
    ['a sum with itself', caseFile('mpc.bus(1, 3) += 5;'), /line 19: "\+=" is not supported; .*savecase/],
    ['a switch', caseFile('switch 1\ncase 1\nend'), /line 19: "switch" is not supported; .*savecase/],
    [
      'a function of its own',
      caseFile('function r = f(x)\nr = x;'),
      /file's own are not supported; .*savecase/,
    ],
    ['code hidden in a name', caseFile('x = constructor(1);'), /line 19: "constructor" is not known/],
    ['an index outside a table', caseFile('mpc.bus(0, 3) = 1;'), /an index lies outside mpc.bus/],
    ['a row far beyond the last', caseFile('mpc.bus(1e9, 3) = 1;'), /tables larger than any case file needs/],
    ['a row at infinity', caseFile('mpc.bus(Inf, 3) = 1;'), /an index lies outside mpc.bus/],
    ['a row taken out that is not there', caseFile('mpc.bus(3, :) = [];'), /an index lies outside mpc.bus/],
    ['single cells taken out', caseFile('mpc.bus(2, 3) = [];'), /only whole rows or whole columns/],
    ['an index of half a row', caseFile('x = mpc.bus(1.5, 1);'), /an index lies outside mpc.bus/],
    ['a range without end', caseFile('mpc.bus(1:1e12, 3) = 1;'), /tables larger than any case file needs/],
    ['a chain of operations', caseFile(`x = 1${'+1'.repeat(200_000)};`), /line 19: it is nested too deeply/],
    [
      'a few lines that double a table to millions of numbers',
      caseFile(`x = 1;${'x = [x x];'.repeat(23)}`),
      /tables larger than any case file needs/,
    ],
    [
      'an index that asks for more than there is memory',
      caseFile('x = mpc.bus(1:1000000,1:1000000);'),
      /tables larger/,
    ],
    ['a table of zeros beyond reason', caseFile('x = zeros(1e6);'), /tables larger/],
    ['a sum of a row and a column beyond reason', caseFile("x = (1:1e5)' + (1:1e5);"), /tables larger/],
    ['a loop without end', caseFile('while 1\n x = 1;\nend'), /more steps than any case file needs/],
    ['100 KB of dots', '.'.repeat(100_000), /mpc.baseMVA is missing/],
    ['100 KB of dots after a name', `x = ${'. '.repeat(50_000)}`, /line 1: "\." is not expected there/],
    ['100 KB of quotes', `x = ${"'".repeat(99_999)}`, /is not (closed|expected|known)|baseMVA is missing/],
    ['100 KB of opening brackets', '['.repeat(100_000), /nested too deeply/],
    ['a block comment without end', '%{\nmpc.baseMVA = 1;', /line 1: the block comment is not closed/],
    ['sizes that do not fit', caseFile('mpc.bus(:, 3) = [1 2 3];'), /another size/],
    [
      'a product of tables that do not fit',
      caseFile('x = [1 2] * [3 4];'),
      /the sizes on both sides of "\*" do not fit/,
    ],
    [
      'a function of its own',
      caseFile('function y = f(x)\ny = x;\nend'),
      /functions of the file's own are not supported/,
    ],
    ['a missing table', 'mpc.baseMVA = 1;', /mpc.bus is missing/],
    [
      'text that is no case file',
      'hello world',
      /line 1: "world" is not expected there; it does not look like a MATPOWER case/,
    ],
    ['nothing', '', /mpc.baseMVA is missing/],
    [
      'rows of different length',
      'mpc.bus = [1 2; 3];',
      /line 1: its rows differ in length: row 2 has 1 numbers, the first has 2/,
    ],
    ['a formula nested without end', `x = ${'('.repeat(10_000)}1${')'.repeat(10_000)};`, /nested too deeply/],
    ['a chain of signs without end', `x = ${'-'.repeat(10_000)}1;`, /nested too deeply/],
    [
      'a load that is not a number',
      caseFile('', 'NaN\t60'),
      /mpc.bus, row 2, column PD \(3\): must be a finite number, found NaN/,
    ],
    [
      'a bus of unknown type',
      caseFile('mpc.bus(2, 2) = 7;'),
      /mpc.bus, row 2, column BUS_TYPE \(2\): must be one of 1, 2, 3, 4, found 7/,
    ],
    [
      'a branch to nowhere',
      caseFile('mpc.branch(1, 2) = 9;'),
      /mpc.branch, row 1, column T_BUS \(2\): there is no bus 9/,
    ],
    [
      'a bus number that is none',
      caseFile('mpc.bus(2, 1) = 1.5;'),
      /mpc.bus, row 2, column BUS_I \(1\): must be a whole number/,
    ],
    [
      'a branch that is neither in service nor out',
      caseFile('mpc.branch(1, 11) = -1;'),
      /mpc.branch, row 1, column BR_STATUS \(11\): must be one of 0, 1, found -1/,
    ],
    [
      'a generator whose status is no number',
      caseFile('mpc.gen(1, 8) = NaN;'),
      /mpc.gen, row 1, column GEN_STATUS \(8\): must be a finite number, found NaN/,
    ],
    [
      'no reference at all',
      caseFile('mpc.bus(1, 2) = 1;'),
      /neither a reference \(bus type 3\) nor a bus of type 2/,
    ],
    ['a base power of zero', caseFile('mpc.baseMVA = 0;'), /mpc.baseMVA must be a number greater than zero/],
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
