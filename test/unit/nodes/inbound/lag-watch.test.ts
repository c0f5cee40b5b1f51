import assert from 'node:assert/strict';
import { LagWatch } from '../../../../nodes/inbound/lag-watch.js';
import { Metrics } from '../../../../src/observe/metrics/metrics.js';
import { ManualClock } from '../../../support/manual-clock.js';

describe('the lag of a subscription, in the metrics', () => {
  const place = { node: 'in', id: 'in', broker: 'kafka', brokerId: 'kafka', system: 'kafka' };
  let metrics: Metrics;
  let clock: ManualClock;
  let lag: () => Promise<number>;
  let told: number[];
  let broker: { connected: boolean; isConnected: () => boolean; silentFor: number | undefined };
  let watch: LagWatch;
  const failed: unknown[] = [];
  const node = { error: (text: unknown) => failed.push(text), metric: () => undefined } as never;
  const gauge = (): string[] =>
    metrics
      .text()
      .split('\n')
      .filter((line) => line.startsWith('gridwire_lag_messages'));

  beforeEach(async () => {
    metrics = new Metrics();
    clock = new ManualClock();
    told = [];
    lag = () => Promise.resolve(7);
    broker = { connected: true, isConnected: () => broker.connected, silentFor: undefined };
    watch = new LagWatch(node, { lag: () => lag() }, broker, place, (count) => told.push(count), clock);
    assert.deepEqual(gauge(), [], 'nothing is claimed before it was asked');
    await clock.pass(0);
  });
  afterEach(() => {
    watch.stop();
    metrics.close();
    assert.deepEqual(failed, []);
  });

  const LINE = 'gridwire_lag_messages{node="in",broker="kafka"}';

  it('is there while somebody knows it, not 0 when nobody does, and there again afterwards', async () => {
    assert.deepEqual(gauge(), [`${LINE} 7`]);
    lag = () => Promise.reject(new Error('Kafka is not connected.'));
    await clock.pass(10_000);
    assert.deepEqual(gauge(), []);
    await clock.pass(10_000);
    assert.deepEqual(gauge(), []);
    lag = () => Promise.resolve(0);
    await clock.pass(10_000);
    assert.deepEqual(gauge(), [`${LINE} 0`]);
    assert.deepEqual(told, [7, 0]);
  });

  it('is not there while the broker hangs or is away, though nobody has asked again yet', () => {
    broker.silentFor = 2_900;
    assert.deepEqual(gauge(), [`${LINE} 7`]);
    broker.silentFor = 3_100;
    assert.deepEqual(gauge(), []);
    broker.silentFor = undefined;
    broker.connected = false;
    assert.deepEqual(gauge(), []);
    broker.connected = true;
    assert.deepEqual(gauge(), [`${LINE} 7`]);
  });

  it('goes away with its node, also where the broker answers later', async () => {
    let answer: (count: number) => void = () => undefined;
    lag = () => new Promise((resolve) => (answer = resolve));
    await clock.pass(10_000);
    watch.stop();
    answer(3);
    await clock.pass(20_000);
    assert.deepEqual(gauge(), []);
    assert.deepEqual(told, [7]);
  });
});
