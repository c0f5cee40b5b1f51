import assert from 'node:assert/strict';
import type { AlertRuleData } from '../../../src/contracts/contract-data.js';
import { builtInContract } from '../../../src/contracts/library/built-in.js';
import { AlertWatch } from '../../../src/telemetry/alert-watch.js';

const contractRules = builtInContract('ecogrid-ems').alerts ?? [];

/** The severities raised by temperatures that come one after the other, a second apart. */
function raised(rules: AlertRuleData[], temperatures: number[]): string[][] {
  const watch = new AlertWatch(rules);
  return temperatures.map((temperature, second) =>
    watch.check('INV-001', { temperature }, second * 1000).map(({ severity }) => severity),
  );
}

describe('alert watch', () => {
  it('tells once that a threshold is passed, and again only when the value has been back', () => {
    assert.deepEqual(raised(contractRules, [79, 81, 82, 89, 80, 81]), [[], ['HIGH'], [], [], [], ['HIGH']]);
  });

  it('tells the stricter threshold too, and does not tell the other one again on the way back', () => {
    assert.deepEqual(raised(contractRules, [85, 91, 95, 85, 79]), [['HIGH'], ['CRITICAL'], [], [], []]);
    assert.deepEqual(raised(contractRules, [95, 85, 95]), [['CRITICAL'], [], ['CRITICAL']]);
  });

  it('takes the strictest rule that holds, in whatever order they are written', () => {
    assert.deepEqual(raised(contractRules.toReversed(), [95]), [['CRITICAL']]);
    const watch = new AlertWatch(contractRules.toReversed());
    const [alert] = watch.check('INV-001', { voltage: 190 }, 0);
    assert.deepEqual(alert, {
      alertType: 'VOLTAGE_LOW',
      severity: 'CRITICAL',
      message: 'voltage is 190, below 200',
      thresholdValue: 200,
      actualValue: 190,
    });
  });

  it('lets a value tremble around a limit that has a distance', () => {
    const [rule] = contractRules.filter(({ severity }) => severity === 'HIGH');
    assert.deepEqual(raised([{ ...rule!, clearAt: 75 }], [81, 79, 81, 76, 81, 75, 81]), [
      ['HIGH'],
      [],
      [],
      [],
      [],
      [],
      ['HIGH'],
    ]);
    const below = { type: 'LOW', member: '/temperature', below: 10, clearAt: 15, severity: 'LOW' };
    assert.deepEqual(raised([below], [9, 11, 9, 15, 9]), [['LOW'], [], [], [], ['LOW']]);
  });

  it('follows every device and every alert apart', () => {
    const watch = new AlertWatch(contractRules);
    assert.equal(watch.check('INV-001', { temperature: 85 }, 0).length, 1);
    assert.equal(watch.check('INV-002', { temperature: 85 }, 0).length, 1);
    assert.deepEqual(
      watch
        .check('INV-001', { temperature: 85, voltage: 255, efficiency: 60 }, 1)
        .map((each) => each.alertType),
      ['VOLTAGE_HIGH', 'EFFICIENCY_LOW'],
    );
  });

  it('lets a late measurement raise nothing and end nothing', () => {
    const watch = new AlertWatch(contractRules);
    const check = (temperature: number, time: number): number =>
      watch.check('INV-001', { temperature }, time).length;
    assert.deepEqual([check(70, 2000), check(85, 1000)], [0, 0]);
    assert.deepEqual([check(85, 3000), check(70, 2500), check(85, 4000)], [1, 0, 0]);
  });

  it('takes what is missing, no number or infinite for no measurement', () => {
    const watch = new AlertWatch(contractRules);
    watch.check('INV-001', { temperature: 85 }, 0);
    for (const payload of [{}, { temperature: null }, { temperature: '99' }, { temperature: Infinity }])
      assert.deepEqual(watch.check('INV-001', payload, 1), []);
    assert.deepEqual(watch.check('INV-001', { temperature: 85 }, 2), []);
  });

  it('remembers no more than it may, and forgets the longest unheard first', () => {
    const watch = new AlertWatch(contractRules, 3);
    for (const name of ['A', 'B', 'C', 'A', 'D']) watch.check(name, { temperature: 85 }, 0);
    assert.equal(watch.size, 3);
    assert.equal(watch.check('A', { temperature: 85 }, 1).length, 0);
    assert.equal(watch.check('B', { temperature: 85 }, 1).length, 1);
  });

  it('forgets what another process followed meanwhile', () => {
    const watch = new AlertWatch(contractRules);
    watch.check('A', { temperature: 85 }, 0, 'sites/1/A');
    watch.check('B', { temperature: 85 }, 0, 'sites/2/B');
    watch.forget((topic) => topic.startsWith('sites/1/'));
    assert.equal(watch.check('A', { temperature: 85 }, 1).length, 1);
    assert.equal(watch.check('B', { temperature: 85 }, 1).length, 0);
  });
});
