import assert from 'node:assert/strict';
import { readMatpower } from '../../../../src/grid/network/matpower/import.js';
import { solvePowerFlow } from '../../../../src/grid/power-flow/report.js';

const GENERATORS = ['1 0 0 10 -10 1.02 100 1', '2 5 0 10 -10 1 100 1', '2 5 0 10 -10 1.01 100 1'];

function read(generators: readonly string[], type = 2): ReturnType<typeof readMatpower> {
  return readMatpower(`mpc.baseMVA = 100;
mpc.bus = [1 3 0 0 0 0 1 1 0 110 1 1.1 0.9; 2 ${type} 40 10 0 0 1 1 0 110 1 1.1 0.9];
mpc.gen = [${generators.join('; ')}];
mpc.branch = [1 2 0.01 0.05 0 50 0 0 0 0 1];`);
}

describe('several generators at a bus of a MATPOWER case', () => {
  it('hold the voltage of the last one, which is said', () => {
    const { network, warnings } = read(GENERATORS);
    assert.equal(solvePowerFlow(network).buses[1]?.vmPu, 1.01);
    assert.deepEqual(warnings, [
      'bus 2: its generators would hold 1 and 1.01 pu; the last one counts, as in MATPOWER',
    ]);
  });

  it('need no word where they agree, are out of service, or hold no voltage', () => {
    assert.deepEqual(read(GENERATORS.map((row) => row.replace('1.01', '1'))).warnings, []);
    assert.deepEqual(read(GENERATORS.map((row) => row.replace(/1\.01 100 1/, '1.01 100 0'))).warnings, []);
    assert.deepEqual(read(GENERATORS, 1).warnings, []);
  });
});
