import assert from 'node:assert/strict';
import { BUILT_IN_NETWORKS } from '../../../../src/grid/built-in/built-in.js';
import { solvePowerFlow } from '../../../../src/grid/power-flow/report.js';

describe('report of a power flow', () => {
  it('gives angles within half a turn, however far vector groups turn them', () => {
    const network = BUILT_IN_NETWORKS['cigre-mv']();
    const turned = structuredClone(network);
    for (const source of turned.sources) source.vaDegree = -150;
    for (const transformer of turned.transformers ?? [])
      transformer.shiftDegree = (transformer.shiftDegree ?? 0) + 330;
    const [plain, other] = [network, turned].map((one) => solvePowerFlow(one).buses);
    assert.ok(plain !== undefined && other !== undefined && plain.length === other.length);
    const low = plain.length - 1;
    assert.ok(Math.abs((other[low]?.vaDegree ?? NaN) - ((plain[low]?.vaDegree ?? NaN) - 150 + 30)) < 1e-9);
    for (const { id, vaDegree } of other) assert.ok(Math.abs(vaDegree) <= 180, `${id}: ${vaDegree}`);
  });
});
