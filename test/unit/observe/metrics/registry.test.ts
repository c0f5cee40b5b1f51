import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { Metrics } from '../../../../src/observe/metrics/metrics.js';
import { Registry } from '../../../../src/observe/metrics/registry.js';
import { tellEveryFact } from '../../../support/every-fact.js';
import { findProgram } from '../../../../scripts/services/service.js';

describe('the registry of metrics', () => {
  it('writes what Prometheus reads, whatever people call their nodes', () => {
    const registry = new Registry();
    registry.counter('events_total', 'Events.', 'node').of('a "b"\\\nc').add(3);
    registry.gauge('depth', 'Depth.').of().value = 2.5;
    const seconds = registry.histogram('wait_seconds', 'Waits.', [0.1, 1], 'node').of('n');
    for (const value of [0.05, 0.1, 0.7, 9]) seconds.observe(value);
    assert.deepEqual(registry.text.split('\n'), [
      '# HELP events_total Events.',
      '# TYPE events_total counter',
      'events_total{node="a \\"b\\"\\\\\\nc"} 3',
      '# HELP depth Depth.',
      '# TYPE depth gauge',
      'depth 2.5',
      '# HELP wait_seconds Waits.',
      '# TYPE wait_seconds histogram',
      'wait_seconds_bucket{node="n",le="0.1"} 2',
      'wait_seconds_bucket{node="n",le="1"} 3',
      'wait_seconds_bucket{node="n",le="+Inf"} 4',
      'wait_seconds_sum{node="n"} 9.85',
      'wait_seconds_count{node="n"} 4',
      '',
    ]);
  });

  it('keeps apart, also of what has no room of its own, what labels of few values tell', () => {
    const registry = new Registry(3);
    const events = registry.counter('events_total', 'Events.', 'node');
    const alarms = registry.gauge('alarms', 'Alarms.', 'node', { label: 'severity', values: 2 });
    events.of('n').add();
    for (const severity of ['critical', 'warning', 'critical']) alarms.of('n', severity).add();
    assert.deepEqual(
      registry.samples.map(({ name, labels, value }) => [name, ...Object.values(labels), value].join(' ')),
      ['events_total other 1', 'alarms other critical 2', 'alarms other warning 1'],
    );
    assert.equal(registry.size, 3);
  });

  it('has no more series than there is room for, and counts what goes beyond under "other"', () => {
    const registry = new Registry(100);
    const events = registry.counter('events_total', 'Events.', 'node');
    const waits = registry.histogram('wait_seconds', 'Waits.', [1, 2], 'node');
    for (let number = 0; number < 1_000; number += 1) {
      events.of(`node ${number}`).add();
      waits.of(`node ${number}`).observe(1);
    }
    assert.ok(registry.samples.length <= 100, `${registry.samples.length}`);
    assert.ok(registry.size <= 100);
    const sum = (name: string): number =>
      registry.samples.filter((each) => each.name === name).reduce((total, { value }) => total + value, 0);
    assert.equal(sum('events_total'), 1_000);
    assert.equal(sum('wait_seconds_count'), 1_000);
    const other = registry.samples.find(
      ({ name, labels }) => name === 'events_total' && labels['node'] === 'other',
    );
    assert.ok(other !== undefined && other.value > 900);
  });

  it('has room again when values of the moment are asked for anew', () => {
    const registry = new Registry(10);
    const depth = registry.gauge('depth', 'Depth.', 'node');
    for (let round = 0; round < 100; round += 1) {
      depth.clear();
      depth.of(`round ${round}`).value = round;
    }
    assert.deepEqual(
      registry.samples.map(({ labels }) => labels['node']),
      ['round 99'],
    );
  });

  it('gives back no room that it did not take, however often more is asked for than there is room for', () => {
    const registry = new Registry(10);
    const depth = registry.gauge('depth', 'Depth.', 'node');
    for (let round = 0; round < 100; round += 1) {
      depth.clear();
      for (let number = 0; number < 50; number += 1) depth.of(`node ${number}`).add();
    }
    assert.equal(registry.samples.length, 10);
    assert.equal(registry.size, 10);
  });
});

describe('the metrics', () => {
  it('are well named and described, as promtool sees it', function () {
    const promtool = findProgram('promtool');
    if (promtool === undefined) {
      if (process.env['CI'] === 'true') throw new Error('promtool is missing; with CI=true it must be there');
      this.skip();
    }
    const metrics = new Metrics();
    tellEveryFact();
    const checked = spawnSync(promtool, ['check', 'metrics'], { input: metrics.text(), encoding: 'utf8' });
    metrics.close();
    assert.equal(checked.stderr + checked.stdout, '');
  });
});
