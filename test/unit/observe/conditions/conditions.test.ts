import assert from 'node:assert/strict';
import { tellBrokerFacts } from '../../../../src/brokers/broker-facts.js';
import { GridwireError } from '../../../../src/errors.js';
import type { JsonObject } from '../../../../src/event.js';
import type { Condition } from '../../../../src/observe/conditions/condition.js';
import { conditionsOf } from '../../../../src/observe/conditions/conditions.js';
import { undecided } from '../../../../src/observe/conditions/undecided.js';
import { Watch } from '../../../../src/observe/conditions/watch.js';
import { facts, type Place } from '../../../../src/observe/facts/facts.js';
import { type Standing, standings } from '../../../../src/observe/facts/standings.js';
import { healthReport } from '../../../../src/observe/health/report.js';
import { systemStatus } from '../../../../src/observe/health/system-status.js';
import { ManualClock } from '../../../support/manual-clock.js';
import { ScriptedBroker } from '../../../support/scripted-broker.js';

const place = { node: 'n', broker: 'b', system: 'mqtt' };
const broker = (connected: boolean): Standing => ({ of: 'broker', place, connected, certificates: [] });
const outbox = (more: Partial<Standing & { of: 'outbox' }> = {}): Standing => ({
  ...{ of: 'outbox', place, waiting: 0, underWay: 0, bytes: 0, limit: 100, oldest: 0, breaker: 'closed' },
  ...more,
});
const inbox = (inHand: number, oldest: number): Standing => ({
  of: 'inbox',
  place,
  inHand,
  waiting: 0,
  oldest,
});

describe('conditions', () => {
  const clock = new ManualClock();
  let watch: Watch;
  beforeEach(() => (watch = new Watch(clock)));
  afterEach(() => watch.close());

  const found = (standings: Standing[], machine = {}): string[] =>
    all(standings, machine).map(({ name, severity, code }) =>
      [name, severity, code].filter((part) => part !== undefined).join(' '),
    );
  const all = (standings: Standing[], machine = {}): Condition[] => {
    const conditions = conditionsOf(standings, watch, machine, clock.now());
    for (const { text } of conditions) {
      assert.match(text, /[.;] \S.*\.$/, 'what is wrong, and then what to do');
      assert.doesNotMatch(
        text,
        /\b1 events|\b1 event( \S+)* (are|were|wait)\b/,
        'numbers agree with their nouns',
      );
    }
    return conditions;
  };

  it('are none where all is well, also where nothing is done', () => {
    assert.deepEqual(found([broker(true), outbox(), inbox(3, 5)], { disks: [{ used: 0.5 }] }), []);
  });

  it('name a broker that is away with the reason that was told, as long as it is', () => {
    facts.lost.tell({ place, code: 'BROKER_UNREACHABLE' });
    assert.deepEqual(found([broker(false)]), ['broker-away critical BROKER_UNREACHABLE']);
    facts.connected.tell({ place });
    assert.deepEqual(found([broker(false)]), ['broker-away critical']);
  });

  it('name a certificate that ends soon, more urgently the nearer it is, and whether it is the own one', () => {
    const DAY = 86_400_000;
    const ends = (days: number, whose: 'broker' | 'own'): string[] => {
      const standing = { ...broker(true), certificates: [{ whose, endsAt: clock.now() + days * DAY }] };
      return all([standing as Standing]).map(
        ({ name, subject, severity, stage }) => `${name} ${subject} ${severity} ${stage}`,
      );
    };
    assert.deepEqual(ends(31, 'broker'), []);
    assert.deepEqual(ends(30, 'broker'), ['certificate-ends n warning 0']);
    assert.deepEqual(ends(7, 'own'), ['certificate-ends n (own) critical 1']);
    assert.deepEqual(ends(1, 'own'), ['certificate-ends n (own) critical 2']);
    assert.deepEqual(ends(-1, 'broker'), ['certificate-ends n critical 3']);
  });

  it('judge certificates by the clock that TLS goes by, though it was set meanwhile', () => {
    const standing = { ...broker(true), certificates: [{ whose: 'broker', endsAt: clock.now() + 1e9 }] };
    assert.deepEqual(found([standing as Standing], { wall: clock.now() - 3e9 }), []);
  });

  it('name queues that are too old, too full, or not worked on', async () => {
    assert.deepEqual(found([outbox({ waiting: 80 })]), ['queue-full warning']);
    assert.deepEqual(found([outbox({ waiting: 1, oldest: 301 })]), [
      'queue-old warning',
      'no-progress critical',
    ]);
    facts.sent.tell({ place, seconds: 0, age: 0 });
    assert.deepEqual(found([outbox({ waiting: 1, oldest: 301 })]), ['queue-old warning']);
    await clock.pass(61_000);
    assert.deepEqual(found([outbox({ waiting: 1, oldest: 301 })]), [
      'queue-old warning',
      'no-progress critical',
    ]);
    assert.deepEqual(found([outbox({ waiting: 1, breaker: 'open' })]), ['broker-failing warning']);
  });

  it('name a flow that finishes with nothing, and not one that only now begins after a quiet hour', async () => {
    facts.settled.tell({ place, seconds: 0 });
    await clock.pass(3_600_000);
    assert.deepEqual(found([inbox(1, 1)]), []);
    assert.deepEqual(found([inbox(1, 61)]), ['no-progress warning']);
    facts.settled.tell({ place, seconds: 0 });
    assert.deepEqual(found([inbox(1, 61)]), []);
  });

  it('name what was lost for a minute, by node and reason, with how much', async () => {
    facts.dropped.tell({ place, way: 'in', code: 'BROKER_DROPPED', count: 7 });
    facts.expired.tell({ place, way: 'out', code: 'EVENT_EXPIRED' });
    facts.failed.tell({ place, way: 'in', code: 'FLOW_FAILED' });
    facts.failed.tell({ place, way: 'out', code: 'BROKER_REFUSED' });
    facts.refused.tell({ place, way: 'out', code: 'OUTBOX_FULL' });
    facts.lettered.tell({ place, code: 'SCHEMA_VIOLATION' });
    await clock.pass(30_000);
    facts.dropped.tell({ place, way: 'in', code: 'BROKER_DROPPED', count: 3 });
    assert.deepEqual(found([]), [
      'events-lost critical BROKER_DROPPED',
      'events-expired warning EVENT_EXPIRED',
      'events-failed warning BROKER_REFUSED',
      'events-refused warning OUTBOX_FULL',
      'dead-letters warning SCHEMA_VIOLATION',
    ]);
    assert.equal(all([])[0]?.value, 10);
    await clock.pass(31_000);
    assert.deepEqual(
      all([]).map(({ name, value }) => [name, value]),
      [['events-lost', 3]],
    );
    await clock.pass(60_000);
    assert.deepEqual(found([]), []);
  });

  it('name a node that loses events as it is called now', () => {
    const subjects = (): string[] => all([]).map(({ subject }) => subject);
    for (const node of ['once', 'now']) {
      facts.refused.tell({ place: { node, id: '1' }, way: 'out', code: 'OUTBOX_FULL' });
      assert.deepEqual(subjects(), [`${node} OUTBOX_FULL`]);
    }
  });

  it('leave a store alone that is opening, for as long as that may take, while no work can be done', () => {
    const store = { of: 'store', name: 's', id: 's', kind: 'postgres', open: false } as const;
    const opening = (seconds: number): Standing => ({
      ...store,
      pending: 0,
      pendingBytes: 0,
      opening: seconds,
    });
    assert.deepEqual(found([opening(5)]), []);
    const { ready, status } = healthReport([opening(5)], all([opening(5)]), undefined, 0);
    assert.deepEqual({ ready, status }, { ready: false, status: 'healthy' });
    assert.deepEqual(undecided([opening(5)]), [{ name: 'store-away', subject: 's' }]);
    assert.deepEqual(found([opening(8)]), ['store-away critical'], 'one that hangs is told');
    assert.deepEqual(undecided([opening(8)]), []);
  });

  it('are undecided for a subscription until its broker has answered', () => {
    const subscription = { of: 'subscription', place: { node: 'in', broker: 'b' } } as const;
    const key = { name: 'subscribe-refused', subject: 'in to b' };
    assert.deepEqual(undecided([{ ...subscription, stands: false }]), [key]);
    assert.deepEqual(undecided([{ ...subscription, stands: true }]), []);
    const [refused] = all([{ ...subscription, stands: false, refused: 'BROKER_REFUSED' }]);
    assert.deepEqual({ name: refused?.name, subject: refused?.subject }, key);
  });

  it('name a store that is open and does not answer, and why one cannot be used', () => {
    const store = { of: 'store', name: 's', id: 's', kind: 'postgres', pending: 1, pendingBytes: 9 } as const;
    assert.deepEqual(found([{ ...store, open: true, silent: 2.9 }]), []);
    const [silent] = all([{ ...store, open: true, silent: 7.4 }]);
    assert.deepEqual(
      [silent?.name, silent?.severity, silent?.code],
      ['store-away', 'critical', 'STORE_UNAVAILABLE'],
    );
    assert.match(silent?.text ?? '', /is open and has not answered for 7 s\. .*hangs/);
    const [locked] = all([{ ...store, open: false, code: 'STORE_LOCKED' }]);
    assert.equal(locked?.code, 'STORE_LOCKED');
    assert.match(locked.text, /cannot be used \(STORE_LOCKED\)\./);
  });

  it('leave a broker alone that is connecting for the first time, until it has failed or hangs', async () => {
    const scripted = new ScriptedBroker();
    let isUsed = false;
    const untell = tellBrokerFacts(scripted, place, () => isUsed, clock);
    const problems = (): string[] => found(standings());
    const becomes = (state: 'connecting' | 'connected' | 'disconnected', error?: GridwireError): void => {
      scripted.state = state;
      if (error === undefined) scripted.emit('state', state);
      else scripted.emit('state', state, error);
    };
    scripted.state = 'disconnected';
    assert.deepEqual(problems(), [], 'nobody uses it');
    isUsed = true;
    becomes('connecting');
    await clock.pass(5_900);
    assert.deepEqual(problems(), []);
    assert.deepEqual(undecided(standings()), [{ name: 'broker-away', subject: 'n' }]);
    const { ready, waitsFor } = healthReport(standings(), all(standings()), undefined, 0);
    assert.deepEqual({ ready, waitsFor }, { ready: false, waitsFor: ['n'] });
    await clock.pass(200);
    assert.deepEqual(problems(), ['broker-away critical'], 'one that hangs is told');
    assert.deepEqual(undecided(standings()), []);
    becomes('connected');
    assert.deepEqual(problems(), []);
    assert.deepEqual(undecided(standings()), []);

    // Lost is lost, also while it is tried again, however often.
    becomes('disconnected', new GridwireError('BROKER_DISCONNECTED', 'It is gone.'));
    for (const state of ['connecting', 'disconnected'] as const) {
      assert.deepEqual(problems(), ['broker-away critical BROKER_DISCONNECTED']);
      becomes(state, state === 'connecting' ? undefined : new GridwireError('BROKER_UNREACHABLE', 'No.'));
    }
    becomes('connecting');
    assert.deepEqual(problems(), ['broker-away critical BROKER_UNREACHABLE']);

    // Another connection beside one that stands is a beginning, and so is the next user's after the last has left.
    becomes('connected');
    becomes('connecting');
    assert.deepEqual(problems(), []);
    becomes('connected');
    becomes('disconnected');
    becomes('connecting');
    await clock.pass(1_000);
    assert.deepEqual(problems(), []);
    untell();
  });

  it('name a broker that keeps its connection and does not answer', () => {
    const silent = (seconds: number): Standing => ({ ...broker(true), silent: seconds }) as Standing;
    assert.deepEqual(found([silent(2.9)]), []);
    assert.deepEqual(found([silent(3)]), ['broker-away critical BROKER_TIMEOUT']);
    const { ready, status } = healthReport([silent(3)], all([silent(3)]), undefined, 0);
    assert.deepEqual({ ready, status }, { ready: false, status: 'unhealthy' });
  });

  it('say how subjects of more than one name are put together', () => {
    const ending = {
      of: 'broker',
      place,
      connected: true,
      certificates: [{ whose: 'own', endsAt: 0 }],
    } as const;
    const forms = all([outbox({ waiting: 90 }), ending]).map(({ subject, form }) => ({ subject, form }));
    assert.deepEqual(forms, [
      { subject: 'n to b', form: { how: 'queue', node: 'n', broker: 'b' } },
      { subject: 'n (own)', form: { how: 'own-certificate', broker: 'n' } },
    ]);
  });

  it('name a store that is away, a full disk, a clock that cannot be, a probe that failed', () => {
    const store: Standing = {
      of: 'store',
      name: 's',
      id: 's',
      kind: 'sqlite',
      open: false,
      pending: 0,
      pendingBytes: 0,
    };
    const probe: Standing = { of: 'probe', place, code: 'BROKER_TIMEOUT' };
    assert.deepEqual(found([store, probe], { disks: [{ used: 0.97 }], clock: 'It says 1970. Set it.' }), [
      'store-away critical',
      'probe-failed critical BROKER_TIMEOUT',
      'disk-full critical',
      'clock-wrong warning',
    ]);
    assert.deepEqual(found([], { disks: [{ used: 0.8 }] }), ['disk-full warning']);
    const [elsewhere] = all([], { disks: [{ used: 0.5 }, { name: 'the archive', used: 0.9 }] });
    assert.equal(elsewhere?.subject, 'the archive');
    assert.match(elsewhere.text, /^The disk of the store the archive is 90 % full\./);
  });

  it('name each device that is silent, and all others together where there are many', () => {
    const silent = (count: number): Standing => ({
      ...{ of: 'devices', node: 'fleet', known: 1_000 },
      silent: Array.from({ length: count }, (_, number) => ({ device: `SN-${number}`, since: 0 })),
    });
    assert.deepEqual(found([silent(0)]), []);
    assert.deepEqual(
      all([silent(2)]).map(({ name, subject }) => [name, subject]),
      [
        ['device-silent', 'SN-0'],
        ['device-silent', 'SN-1'],
      ],
    );
    const many = all([silent(1_000)]);
    assert.equal(many.length, 101);
    assert.deepEqual([many.at(-1)?.subject, many.at(-1)?.value], ['fleet', 1_000]);
  });

  it('tell devices of one serial number from each other by their registries, whichever of them is silent', () => {
    const fleet = (node: string, id: string, silent: boolean): Standing => ({
      ...{ of: 'devices', node, id, known: 1 },
      silent: silent ? [{ device: 'SN-1', since: 0 }] : [],
    });
    const subjects = (...standings: Standing[]): string[] => all(standings).map(({ subject }) => subject);
    assert.deepEqual(subjects(fleet('east', 'd1', true), fleet('west', 'd2', true)), [
      'SN-1 (east)',
      'SN-1 (west)',
    ]);
    assert.deepEqual(subjects(fleet('east', 'd1', true), fleet('west', 'd2', false)), ['SN-1 (east)']);
    assert.deepEqual(subjects(fleet('east', 'd1', true), fleet('east', 'd2', true)), [
      'SN-1 (east (d1))',
      'SN-1 (east (d2))',
    ]);
  });

  it('tell nodes, brokers and stores of one name from each other, also while only one of them is in trouble', async () => {
    const at = (id: string, name = 'site'): Place => ({ node: name, id, broker: name, brokerId: id });
    const one = (id: string, connected: boolean, name?: string): Standing =>
      ({ ...broker(connected), place: at(id, name) }) as Standing;
    const subjects = (...standings: Standing[]): string[] => all(standings).map(({ subject }) => subject);
    assert.deepEqual(subjects(one('b1', false), one('b3', true, 'other')), ['site']);
    assert.deepEqual(subjects(one('b1', false), one('b2', true)), ['site (b1)']);
    facts.lost.tell({ place: at('b1'), code: 'BROKER_UNREACHABLE' });
    facts.connected.tell({ place: at('b2') });
    assert.deepEqual(found([one('b1', false), one('b2', true)]), ['broker-away critical BROKER_UNREACHABLE']);
    const waits = (id: string): Standing =>
      ({ ...outbox({ underWay: 1, oldest: 61 }), place: at(id) }) as Standing;
    await clock.pass(61_000);
    facts.sent.tell({ place: at('b2'), seconds: 0, age: 0 });
    assert.deepEqual(subjects(waits('b1'), waits('b2')), ['site (b1) to site (b1)']);
    facts.dropped.tell({ place: at('b1'), way: 'out', code: 'OUTBOX_DROPPED', count: 2 });
    assert.deepEqual(subjects(one('b1', true), one('b2', true)), ['site (b1) OUTBOX_DROPPED']);
  });

  it('name what is lost now, however many names there were of what was lost before', async () => {
    for (let count = 0; count < 600; count += 1)
      facts.dropped.tell({ place: { node: `gone ${count}` }, way: 'out', code: 'OUTBOX_DROPPED', count: 1 });
    await clock.pass(61_000);
    facts.dropped.tell({ place, way: 'out', code: 'OUTBOX_DROPPED', count: 3 });
    assert.deepEqual(found([]), ['events-lost critical OUTBOX_DROPPED']);
  });

  it('make the health: what stops work is unhealthy, what only was is degraded', () => {
    const health = (standings: Standing[]) =>
      healthReport(standings, all(standings), watch.lastWork, clock.wall());
    assert.equal(health([broker(true)]).status, 'healthy');
    facts.dropped.tell({ place, way: 'in', code: 'BROKER_DROPPED', count: 7 });
    const degraded = health([broker(true)]);
    assert.deepEqual([degraded.status, degraded.ready, degraded.connections], ['degraded', true, 1]);
    const asked = (stands: boolean): Standing => ({ of: 'subscription', place, stands });
    assert.equal(health([broker(true), asked(true)]).ready, true);
    const begins = health([broker(true), asked(true), asked(false)]);
    assert.deepEqual([begins.ready, begins.status, begins.waitsFor], [false, 'degraded', ['n']]);
    const refused = health([broker(true), { ...asked(false), refused: 'SUBSCRIBE_REFUSED' } as Standing]);
    assert.deepEqual([refused.ready, refused.status, refused.waitsFor], [false, 'unhealthy', undefined]);
    const [first] = refused.problems.filter(({ name }) => name === 'subscribe-refused');
    assert.match(first?.text ?? '', /^n receives nothing.*\(SUBSCRIBE_REFUSED\)/);
    const away = health([broker(false)]);
    assert.deepEqual([away.status, away.ready, away.connections], ['unhealthy', false, 0]);
    const soon = [{ whose: 'broker' as const, endsAt: clock.now() + 5 * 86_400_000 }];
    const ending = health([{ of: 'broker', place, connected: true, certificates: soon }]);
    assert.deepEqual([ending.status, ending.ready], ['degraded', true], 'what is to come stops nothing yet');
    assert.match(away.problems.map(({ text }) => text).join(), /look at the broker/);
  });

  it("are told in Battery Hawk's groups, without what is not there", () => {
    const store: Standing = {
      of: 'store',
      name: 's',
      id: 's',
      kind: 'sqlite',
      open: true,
      pending: 0,
      pendingBytes: 0,
    };
    const disks = [{ used: 0.2 }, { name: 's', used: 0.4521 }];
    const known = { uptimeSeconds: 3_600.4, version: '1.0.0', disks };
    assert.deepEqual(systemStatus([broker(true), broker(false), store], known), {
      core: { running: true, uptime_seconds: 3600, version: '1.0.0' },
      storage: { sqlite_connected: true, disk_usage_percent: 45.2 },
      components: { mqtt: 'disconnected', api: 'running' },
    });
    const second: Standing = { ...store, id: 't', open: false };
    assert.deepEqual(
      [systemStatus([second, store], known), systemStatus([store, second], known)].map(
        (each) => each['storage'],
      ),
      [false, false].map((away) => ({ sqlite_connected: away, disk_usage_percent: 45.2 })),
    );
    const monitors = (connected: number): Standing => ({
      ...{ of: 'monitors', place, known: 2, connected, age: 3 },
    });
    const bluetooth = (...all: Standing[]): unknown =>
      (systemStatus(all, { ...known, disks: undefined })['components'] as JsonObject)['bluetooth'];
    assert.equal(bluetooth(monitors(0)), 'inactive');
    assert.equal(bluetooth(monitors(0), monitors(1), monitors(0)), 'active');
    assert.equal(bluetooth(), undefined);
  });
});
