import assert from 'node:assert/strict';
import { ieee13Environment } from '../../../../src/grid/environment/built-in.js';
import { GridEnvironment } from '../../../../src/grid/environment/environment.js';
import { facts } from '../../../../src/observe/facts/facts.js';
import { Metrics } from '../../../../src/observe/metrics/metrics.js';

describe('metrics of a simulated grid', () => {
  it('say how many iterations its steps took, with a solution and without one', () => {
    const base = ieee13Environment();
    const impossible = {
      ...base,
      conditions: [{ loadScale: 100, irradianceWPerM2: 0, ambientC: 10, windMPerS: 0, pricePerMwh: 80 }],
    };
    const results = [new GridEnvironment(base).step({}), new GridEnvironment(impossible).step({})];
    const metrics = new Metrics();
    for (const { converged, iterations } of results)
      facts.solved.tell({ place: { node: 'grid' }, converged, iterations, seconds: 0.001 });
    const text = metrics.text();
    metrics.close();
    assert.deepEqual(
      results.map(({ converged, iterations }) => [converged, iterations > 1]),
      [
        [true, true],
        [false, true],
      ],
    );
    for (const { converged, iterations } of results) {
      const labels = `node="grid",converged="${converged ? 'yes' : 'no'}"`;
      assert.ok(text.includes(`gridwire_grid_iterations_sum{${labels}} ${iterations}\n`), text);
      assert.ok(text.includes(`gridwire_grid_iterations_count{${labels}} 1\n`));
    }
  });
});
