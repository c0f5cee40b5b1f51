import assert from 'node:assert/strict';
import { Alarms, mostSevere, mostUrgentFirst } from '../../../../src/observe/alarms/alarms.js';
import type { Condition, Severity } from '../../../../src/observe/conditions/condition.js';

const away = (severity: Severity = 'critical', value?: number): Condition => ({
  ...{ name: 'broker-away', subject: 'b', severity, text: 'It is away.' },
  ...(value === undefined ? {} : { value }),
});
const RULES = { delay: 2_000, hold: 5_000, most: 3 };

describe('alarms', () => {
  let alarms: Alarms;
  beforeEach(() => (alarms = new Alarms(RULES)));
  const look = (now: number, ...conditions: Condition[]): string[] =>
    alarms.look(conditions, now).map(({ alarm, change }) => `${alarm.key} ${change} ${alarm.state}`);

  it('become active when their condition has been there for long enough, once', () => {
    assert.deepEqual(look(0, away()), []);
    assert.equal(alarms.active.length, 0);
    assert.deepEqual(look(1_000, away()), []);
    assert.deepEqual(look(2_000, away()), ['broker-away b active active']);
    assert.deepEqual(look(3_000, away('critical', 7)), []);
    assert.deepEqual(
      alarms.active.map(({ state, since, condition }) => [state, since, condition.value]),
      [['active', 0, 7]],
    );
  });

  it('are listed as urgent as they are: what nobody knows of, then what is critical, then what is older', () => {
    const of = (subject: string, severity: Severity): Condition => ({ ...away(severity), subject });
    const all = [of('w', 'warning'), of('known', 'critical'), of('c1', 'critical'), of('c2', 'critical')];
    alarms = new Alarms({ ...RULES, most: 10 });
    look(0, ...all.slice(0, 3));
    look(1_000, ...all);
    look(9_000, ...all);
    alarms.acknowledge('broker-away known', 'ann');
    assert.deepEqual(
      alarms.active.map(({ condition }) => condition.subject),
      ['c1', 'c2', 'w', 'known'],
    );
  });

  it('are shown with none that is critical left out for a warning, and warnings of which nobody knows have some room', () => {
    const many = (severity: Severity, count: number): Condition[] =>
      Array.from({ length: count }, (_, at) => ({ ...away(severity), subject: `${severity} ${at}` }));
    const counts = (critical: number, warning: number, known: string[]): string => {
      alarms = new Alarms({ delay: 0, hold: 0, most: 500 });
      const all = [...many('warning', warning), ...many('critical', critical)];
      look(0, ...all);
      look(1, ...all);
      for (const each of alarms.active)
        if (known.includes(each.condition.severity)) alarms.acknowledge(each.key, 'ann');
      const shown = mostSevere(alarms.active, 50);
      assert.deepEqual(shown, mostUrgentFirst(shown));
      const found = shown.filter(({ condition }) => condition.severity === 'critical').length;
      return `${found} of ${shown.length}`;
    };
    assert.equal(counts(3, 5, []), '3 of 8');
    assert.equal(counts(3, 488, []), '3 of 50');
    assert.equal(counts(3, 488, ['critical']), '3 of 50');
    assert.equal(counts(60, 440, []), '50 of 50');
    assert.equal(counts(60, 440, ['critical']), '40 of 50');
    assert.equal(counts(60, 440, ['critical', 'warning']), '50 of 50');
  });

  it('do not become active for a condition that goes before that', () => {
    look(0, away());
    assert.deepEqual(look(1_000), []);
    assert.deepEqual(look(1_500, away()), []);
    assert.deepEqual(look(3_000, away()), []);
    assert.deepEqual(look(3_500, away()), ['broker-away b active active']);
  });

  it('stay one alarm while their condition comes and goes, and clear by themselves when it stays away', () => {
    look(0, away());
    look(2_000, away());
    assert.deepEqual([...look(3_000), ...look(6_000), ...look(6_500, away()), ...look(11_000)], []);
    assert.deepEqual(look(11_500), ['broker-away b cleared cleared']);
    assert.equal(alarms.active.length, 0);
    assert.deepEqual(look(12_000), []);
  });

  it('are acknowledged once, and told again when a warning becomes critical', () => {
    assert.equal(alarms.acknowledge('broker-away b', 'ann'), undefined);
    look(0, away('warning'));
    assert.equal(alarms.acknowledge('broker-away b', 'ann'), undefined);
    look(2_000, away('warning'));
    assert.equal(alarms.acknowledge('broker-away b', 'ann')?.alarm.by, 'ann');
    assert.equal(alarms.acknowledge('broker-away b', 'bob'), undefined);
    assert.deepEqual(look(3_000, away('warning')), []);
    assert.deepEqual(look(4_000, away('critical')), ['broker-away b worse active']);
    assert.equal(alarms.active[0]?.by, undefined);
    assert.deepEqual(look(5_000, away('warning')), []);
    assert.deepEqual(look(10_000), ['broker-away b cleared cleared']);
  });

  it('are told again at each step of what gets worse by itself, and not when it gets better', () => {
    const ends = (stage: number): Condition => ({ ...away('critical'), stage });
    look(0, ends(1));
    look(2_000, ends(1));
    alarms.acknowledge('broker-away b', 'ann');
    assert.deepEqual(look(3_000, ends(2)), ['broker-away b worse active']);
    assert.deepEqual([...look(4_000, ends(2)), ...look(5_000, ends(1))], []);
  });

  it('are bounded in number', () => {
    const many = (severity: Severity): Condition[] =>
      Array.from({ length: 10 }, (_, number) => ({ ...away(severity), subject: `b${number}` }));
    look(0, ...many('warning'));
    assert.equal(look(2_000, ...many('warning')).length, RULES.most);
    alarms = new Alarms(RULES);
    look(0, ...many('critical'));
    assert.equal(look(2_000, ...many('critical')).length, 2 * RULES.most);
  });

  it('go on over a deploy: nothing is told twice, who knows is known, and an end that came meanwhile is told', () => {
    const silent: Condition = { ...away('warning'), name: 'device-silent', subject: 'd' };
    look(0, away(), silent);
    look(2_000, away(), silent);
    alarms.acknowledge('broker-away b', 'ann');
    alarms = new Alarms(RULES, alarms);
    assert.deepEqual(look(3_000, away()), []);
    assert.equal(alarms.active.at(-1)?.by, 'ann');
    assert.deepEqual(look(8_000, away()), ['device-silent d cleared cleared']);
  });

  it('stay as they are while nobody can say whether their condition is there, and none comes of that', () => {
    look(0, away());
    look(2_000, away());
    alarms.acknowledge('broker-away b', 'ann');
    const undecided = [
      { name: 'broker-away', subject: 'b' },
      { name: 'broker-away', subject: 'new' },
    ] as const;
    for (const now of [3_000, 9_000, 60_000]) assert.deepEqual(alarms.look([], now, undecided), []);
    assert.deepEqual(
      alarms.active.map(({ key, by }) => [key, by]),
      [['broker-away b', 'ann']],
    );
    assert.deepEqual([...look(61_000, away()), ...look(62_000)], []);
    assert.deepEqual(look(66_000), ['broker-away b cleared cleared']);
  });

  it('are not over because nobody looked for a while', () => {
    look(0, away());
    look(2_000, away());
    alarms.rest();
    assert.deepEqual([...look(30_000), ...look(34_000)], []);
    assert.deepEqual(look(35_000), ['broker-away b cleared cleared']);
  });

  it('of what is critical have room of their own', () => {
    const silent = (subject: string): Condition => ({ ...away('warning'), name: 'device-silent', subject });
    const many = ['1', '2', '3', '4'].map(silent);
    look(0, ...many, away());
    assert.deepEqual(look(2_000, ...many, away()).at(-1), 'broker-away b active active');
    assert.equal(alarms.active.length, 4);
  });
});
