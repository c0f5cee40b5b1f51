import assert from 'node:assert/strict';
import { BUILT_IN_NETWORKS } from '../../../src/grid/built-in/built-in.js';
import { microgridFeeder } from '../../../src/grid/built-in/microgrid-feeder.js';
import { layOut } from '../../../src/grid/diagram.js';
import { solvePowerFlow } from '../../../src/grid/power-flow/report.js';

describe('one-line diagram', () => {
  const networks = [...Object.values(BUILT_IN_NETWORKS), () => microgridFeeder(100)];
  for (const build of networks) {
    const network = build();
    it(`gives every bus of ${network.name} a place of its own, right of the bus that feeds it`, () => {
      const { buses, branches } = layOut(network);
      assert.equal(new Set(buses.map(({ x, y }) => `${x} ${y}`)).size, buses.length);
      const fed = new Set<number>();
      for (const { from, to, inService } of branches) {
        const [a, b] = [buses[from]!, buses[to]!];
        if (inService && Math.abs(a.x - b.x) === 1) fed.add(a.x > b.x ? from : to);
      }
      buses.forEach(({ x, id }, index) => assert.ok(x === 0 || fed.has(index), `${id} hangs in the air`));
    });
  }

  it('numbers loadings as steps report them', () => {
    const network = BUILT_IN_NETWORKS.ieee13();
    const { branches } = layOut(network);
    assert.deepEqual(
      branches.flatMap(({ loading }) => loading ?? []),
      Array.from({ length: 11 }, (_, index) => index),
    );
    assert.equal(branches.find(({ id }) => id === '650-632')?.loading, 9);
  });

  it('the feeder with microgrids can be supplied', () => {
    const { converged, buses } = solvePowerFlow(microgridFeeder(100));
    assert.equal(converged, true);
    assert.ok(buses.every(({ vmPu }) => vmPu > 0.9));
  });
});
