import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { failureOf, limitsOf } from '../../../../scripts/grid-gallery/judge.js';
import { phasorDistance } from '../../../../scripts/grid-gallery/compare.js';
import { referenceOf, type Solution } from '../../../../scripts/grid-gallery/reference.js';
import { line, summary } from '../../../../scripts/grid-gallery/table.js';
import { tryFile } from '../../../../scripts/grid-gallery/try-file.js';

/** Two buses and a lossless line of 0.1 pu: 50 MW need sin(d) = 0.05 / 1 where both ends are held at 1 pu. */
const CASE = `function mpc = case2
mpc.version = '2';
mpc.baseMVA = 100;
mpc.bus = [
 1 3 0 0 0 0 1 1 0 110 1 1.1 0.9;
 2 2 50 0 0 0 1 1 0 110 1 1.1 0.9;
];
mpc.gen = [
 1 0 0 99 -99 1 100 1 99 0;
 2 0 0 99 -99 1 100 1 99 0;
];
mpc.branch = [
 1 2 0 0.1 0 0 0 0 0 0 1 -360 360;
];
`;
const ANGLE = Math.asin(0.05);
const Q = (1 - Math.cos(ANGLE)) / 0.1;

const REFERENCE: Solution = {
  ...{ by: 'a calculation by hand', mismatchPu: 1e-15, withinPu: 1e-8, baseMva: 100 },
  buses: [
    ['1', 1, 0],
    ['2', 1, (-ANGLE * 180) / Math.PI],
  ],
  branches: [['branch', 'branch 1', 0.5, Q, -0.5, Q]],
  losses: [0, 2 * Q],
};
const HOPELESS = CASE.replace('2 2 50', '2 2 5000');
const NONE = { by: 'another program', tried: ['nr from flat', 'gs from flat'] };

describe('the grid gallery', () => {
  it('holds a file whose voltages, flows and losses are those of the reference', () => {
    const row = tryFile('case2.m', CASE, REFERENCE);
    assert.equal(row.failure, undefined);
    assert.deepEqual(Object.keys(row.apart ?? {}).sort(), ['flowPu', 'lossPu', 'voltagePu']);
    for (const [what, apart] of Object.entries(row.apart ?? {})) assert.ok(apart < 1e-12, `${what} ${apart}`);
  });

  const changed: [string, Partial<Solution>][] = [
    [
      'the magnitude of a voltage',
      {
        buses: [
          ['1', 1, 0],
          [...REFERENCE.buses[1]!.slice(0, 1), 1 + 2e-8, REFERENCE.buses[1]![2]] as [string, number, number],
        ],
      },
    ],
    [
      'the angle of a voltage',
      {
        buses: [
          ['1', 1, 0],
          ['2', 1, REFERENCE.buses[1]![2] + 2e-6],
        ],
      },
    ],
    ['a bus that we do not have', { buses: [...REFERENCE.buses, ['3', 1, 0]] }],
    ['a bus that has no voltage there', { buses: [['1', 1, 0]] }],
    ['a flow out of a branch', { branches: [['branch', 'branch 1', 0.5, Q, -0.5, Q + 2e-8]] }],
    ['a flow that is no number', { branches: [['branch', 'branch 1', NaN, Q, -0.5, Q]] }],
    ['a branch that we do not have', { branches: [['line', 'branch 1', 0.5, Q, -0.5, Q]] }],
    ['the losses', { losses: [2e-8, 2 * Q] }],
  ];
  for (const [what, part] of changed) {
    it(`fails a file that differs in ${what}`, () => {
      const row = tryFile('case2.m', CASE, { ...REFERENCE, ...part });
      assert.match(
        row.failure ?? '',
        /^(voltages|flows|losses) (Infinity|2\.0e-8|3\.5e-8) pu from a calculation by hand, more than 1\.0e-8$/,
      );
      assert.match(line(row), /FAILED: /);
    });
  }

  it('compares as closely as the reference balances its own equations, and says so where that is not close', () => {
    const strict = { voltagePu: 1e-8, flowPu: 1e-8, lossPu: 1e-8 };
    assert.deepEqual(limitsOf({ ...REFERENCE, mismatchPu: 9e-9 }), strict);
    const loose = { voltagePu: 2e-8, flowPu: 2e-8, lossPu: 4e-8 };
    assert.deepEqual(limitsOf({ ...REFERENCE, mismatchPu: 2e-8 }), loose);
    const rounded: Solution = { ...REFERENCE, mismatchPu: 2e-8, losses: [3e-8, 2 * Q] };
    const row = tryFile('case2.m', CASE, rounded);
    assert.equal(row.failure, undefined);
    assert.match(row.notes[0] ?? '', /itself leaves 2\.0e-8 pu, by rounding: losses are held to 4\.0e-8$/);
    assert.notEqual(tryFile('case2.m', CASE, { ...rounded, losses: [5e-8, 2 * Q] }).failure, undefined);
  });

  it('fails what is not solved, unless the reference was tried and has no solution either', () => {
    assert.match(tryFile('case2.m', HOPELESS, REFERENCE).failure ?? '', /^not solved, but a calculation/);
    assert.equal(tryFile('case2.m', HOPELESS).failure, 'read and not solved');
    const row = tryFile('case2.m', HOPELESS, NONE);
    assert.equal(row.failure, undefined);
    assert.match(
      row.notes[0] ?? '',
      /^no solution is known, another program finds none \(tried: nr from flat, gs from flat\); refused$/,
    );
    assert.match(row.notes[1] ?? '', /bus|branch/);
    assert.match(tryFile('case2.m', CASE, NONE).notes[0] ?? '', /^another program finds none/);
  });

  it('takes a refusal for an answer only where it may be one', () => {
    const refused = tryFile('case2.m', CASE.replace('mpc.baseMVA', 'mpc.base'), REFERENCE);
    assert.equal(refused.read, false);
    assert.match(refused.failure ?? '', /^not read, but a calculation by hand solves it$/);
    const unread = { read: false, solved: false };
    assert.equal(failureOf(unread, { ...REFERENCE, mayBeRefused: true }), undefined);
    assert.equal(failureOf(unread, undefined), undefined);
  });

  it('compares with the voltages that a file carries where it has no reference, and holds it to nothing', () => {
    const row = tryFile('case2.m', CASE);
    assert.equal(row.failure, undefined);
    assert.ok(Math.abs((row.apart?.voltagePu ?? NaN) - 2 * Math.sin(ANGLE / 2)) < 1e-12);
    assert.equal(row.apart?.flowPu, undefined);
  });

  it('takes turns of 360 degrees for none, and small distances for what they are', () => {
    assert.ok(phasorDistance(1, 180, 1, -180) < 1e-15);
    assert.ok(Math.abs(phasorDistance(1, 0, 1, 1e-10) / ((1e-10 * Math.PI) / 180) - 1) < 1e-9);
  });

  it('finds the reference beside its file', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'gridwire-gallery-'));
    try {
      const file = path.join(folder, 'case2.m');
      assert.equal(referenceOf(file), undefined);
      writeFileSync(`${file}.reference`, JSON.stringify(REFERENCE));
      assert.deepEqual(referenceOf(file), REFERENCE);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('ends with the counts, and with every row that failed', () => {
    const rows = [tryFile('good.m', CASE, REFERENCE), tryFile('bad.m', HOPELESS, REFERENCE)];
    const [counts, ...failed] = summary(rows, 2).split('\n');
    assert.match(counts ?? '', /^2 files, 2 read, 1 solved, 0 refused .* 2 compared .* 1 failed/);
    assert.deepEqual(failed, ['  bad.m: not solved, but a calculation by hand does']);
  });
});
