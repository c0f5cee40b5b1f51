import assert from 'node:assert/strict';
import type { WireMessage } from '../../../src/event.js';
import { facts } from '../../../src/observe/facts/facts.js';
import { KEPT_BYTES, type LiveWish, ROWS_A_SECOND } from '../../../src/stream/live-view.js';
import { LiveViews } from '../../../src/stream/live-views.js';
import { ManualClock } from '../../support/manual-clock.js';

const ALL: LiveWish = { topic: '', way: '' };
const place = { node: 'publish', id: 'p', broker: 'site', brokerId: 'b', system: 'memory' };
const wire = (topic: string, body: string): WireMessage => ({
  ...{ topic, body: Buffer.from(body), qos: 1, retain: true },
  headers: { unit: Buffer.from('kW') },
});
const pass = (topic: string, way: 'in' | 'out' = 'out', body = 'x'): void =>
  facts.passing.tell({ place, way, message: wire(topic, body) });

describe('what people see of what passes', () => {
  let clock: ManualClock;
  let views: LiveViews;
  beforeEach(() => {
    clock = new ManualClock();
    views = new LiveViews(clock);
  });
  afterEach(() => clock.pass(60_000));
  /** The number of what somebody was shown as the first, second and so on. */
  const nth = (count: number): number => views.of('ann', ALL)!.last - views.of('ann', ALL)!.sampled + count;

  it('is a sample over all of a second, of which the rest is counted', async () => {
    const view = views.of('ann', ALL)!;
    for (let tenth = 0; tenth < 30; tenth += 1) {
      for (let count = 0; count < 1_000; count += 1) pass(`t/${tenth}`);
      await clock.pass(100);
    }
    assert.equal(view.passed, 30_000);
    assert.equal(view.sampled, 3 * ROWS_A_SECOND);
    const topics = new Set(view.after(0).map(({ topic }) => topic));
    assert.equal(topics.size, 30);
    assert.deepEqual(
      view.after(nth(148)).map(({ row, topic, node, nodeId, bytes }) => [row, topic, node, nodeId, bytes]),
      [
        [nth(149), 't/29', 'publish', 'p', 1],
        [nth(150), 't/29', 'publish', 'p', 1],
      ],
    );
  });

  it('is what each of them wants, and begins anew with another wish', () => {
    const wishes: [LiveWish, number][] = [
      [{ topic: '', way: 'in' }, 1],
      [{ topic: 'sites/+/status', way: '' }, 2],
      [{ topic: 'SN-7', way: '' }, 1],
    ];
    const seen = wishes.map(([wish], index) => views.of(`viewer ${index}`, wish)!);
    pass('sites/1/status', 'in');
    pass('sites/2/status');
    pass('sites/2/devices/SN-77');
    assert.deepEqual(
      seen.map(({ passed }) => passed),
      wishes.map(([, count]) => count),
    );
    assert.equal(views.of('viewer 0', { topic: '', way: 'in' })?.passed, 1);
    assert.equal(views.of('viewer 0', ALL)?.passed, 0);
  });

  it('has all of an event, or what fits of one that is larger, and says which', () => {
    const view = views.of('ann', ALL)!;
    const given = wire('t', 'x');
    facts.passing.tell({ place, way: 'in', message: given });
    const { message, isWhole, place: at } = views.open('ann', nth(1))!;
    assert.deepEqual([message, isWhole, at], [given, true, place]);
    // What became of the message since is none of its business.
    (given.body as Buffer).fill(0);
    assert.equal(Buffer.from(message.body).toString(), 'x');
    pass('t', 'in', 'x'.repeat(KEPT_BYTES + 1));
    assert.equal(view.after(nth(1))[0]?.bytes, KEPT_BYTES + 1);
    assert.equal(views.open('ann', nth(2))?.message.body.length, KEPT_BYTES);
    assert.equal(views.open('ann', nth(2))?.isWhole, false);
    assert.equal(views.open('bob', nth(1)), undefined);
    assert.equal(views.open('ann', nth(3)), undefined);
  });

  /** More than are kept of what nobody opened. */
  const flood = async (): Promise<void> => {
    for (let tenth = 0; tenth < 100; tenth += 1) {
      for (let count = 0; count < 10; count += 1) pass('flood');
      await clock.pass(100);
      views.of('ann', ALL);
    }
  };

  it('stays for whoever has opened it, also in a flood', async () => {
    views.of('ann', ALL);
    pass('first');
    pass('second');
    assert.equal(views.open('ann', nth(1))?.message.topic, 'first');
    await flood();
    assert.equal(views.open('ann', nth(1))?.message.topic, 'first');
    assert.equal(views.open('ann', nth(2)), undefined);
    // As many as one can have an eye on, and no more.
    for (let row = 400; row < 430; row += 1) assert.ok(views.open('ann', nth(row)));
    assert.equal(views.open('ann', nth(1)), undefined);
  });

  it('stays as it is in a pause, however long that is, and what passes is counted', async () => {
    const view = views.of('ann', ALL)!;
    pass('first');
    for (let second = 0; second < 60; second += 1) {
      assert.equal(views.of('ann', ALL, true), view);
      for (let count = 0; count < 10; count += 1) pass('flood');
      await clock.pass(1_000);
    }
    assert.deepEqual([view.passed, view.sampled, view.after(0).length], [601, 1, 1]);
    assert.equal(views.open('ann', nth(1))?.message.topic, 'first');
    views.of('ann', ALL);
    pass('later');
    assert.equal(view.after(nth(1))[0]?.topic, 'later');
  });

  it('is never taken for another: what somebody left open is not what has its place later', async () => {
    views.of('ann', ALL);
    pass('first');
    const row = nth(1);
    await clock.pass(11_000);
    views.of('ann', ALL);
    pass('other');
    assert.equal(views.open('ann', row), undefined);
    assert.equal(views.open('ann', nth(1))?.message.topic, 'other');
  });

  it('costs nothing when they have gone, and there are not too many', async () => {
    for (let count = 0; count < 20; count += 1) assert.ok(views.of(`viewer ${count}`, ALL));
    assert.equal(views.of('one more', ALL), undefined);
    await clock.pass(9_000);
    views.of('viewer 0', ALL);
    await clock.pass(9_000);
    assert.equal(facts.passing.isHeard, true);
    assert.ok(views.of('one more', ALL));
    await clock.pass(10_001);
    assert.equal(facts.passing.isHeard, false);
  });
});
