import assert from 'node:assert/strict';
import { InboxDriver } from '../../../../src/delivery/inbound/inbox-driver.js';
import type { InboxRules } from '../../../../src/delivery/inbound/lifecycle.js';
import { DONE, type Outcome, type Work } from '../../../../src/delivery/inbound/work.js';
import { GridwireError } from '../../../../src/errors.js';
import type { InboundMessage } from '../../../../src/event.js';
import { ManualClock, settledTurn } from '../../../support/manual-clock.js';
import { letter, text } from '../../store/helpers.js';
import { AWAY, MemoryInboxStore, REFUSED } from './memory-inbox-store.js';

const failed = (code: 'FLOW_FAILED' | 'OUTBOX_FULL' | 'EVENT_REJECTED' = 'FLOW_FAILED'): Outcome => ({
  kind: 'failed',
  error: new GridwireError(code, 'It did not work.'),
});
const SECOND = 1_000;
const HOUR = 3_600_000;

function inbound(body: string, more: Partial<InboundMessage> = {}): InboundMessage {
  const rest = { qos: 1, retain: false, headers: {}, receivedAt: 0, redelivered: false } as const;
  return { topic: 't', body: Buffer.from(body), ...rest, ...more };
}

describe('inbox: where it went wrong before', () => {
  let clock: ManualClock;
  let store: MemoryInboxStore;
  beforeEach(() => {
    clock = new ManualClock();
    store = new MemoryInboxStore();
  });

  type Script = (text: string, attempt: number) => Outcome | Promise<Outcome>;

  function open(process: Script, more: Partial<Work> = {}, rules: Partial<InboxRules> = {}) {
    const log: string[] = [];
    const told: string[] = [];
    const work: Work = {
      process: async (message, attempt) => {
        log.push(`${text(message)} ${attempt}`);
        return process(text(message), attempt);
      },
      giveUp: (message, { code }) => {
        log.push(`${text(message)} ${code}`);
        return Promise.resolve(DONE);
      },
      ...more,
    };
    const inbox = new InboxDriver(
      { clock, random: () => 1, work, store, tell: ({ message }) => told.push(message) },
      {
        ...{ retry: { attempts: 3, delay: SECOND, factor: 2, maximumDelay: 60 * SECOND } },
        ...{ onReceipt: false, holdsAtMost: 1 },
        ...rules,
      },
    );
    const take = (body: string, message: Partial<InboundMessage> = {}): void =>
      inbox.take({
        message: inbound(body, message),
        settle: () => log.push(`${body} ack`),
        holdsUp: () => 0,
      });
    const count = (line: string | RegExp): number =>
      log.filter((each) => (typeof line === 'string' ? each === line : line.test(each))).length;
    return { inbox, take, log, told, count };
  }

  it('tries again although more and more events fail: a look at what is due is postponed by nothing', async () => {
    const { take, count } = open((_body, attempt) => (attempt === 1 ? failed() : DONE));
    for (let n = 0; n < 200; n += 1) {
      take(`${n}`);
      await clock.pass(50);
    }
    assert.ok(count(/ 2$/) >= 150, `${count(/ 2$/)} of 200 events were tried again within ten seconds`);
  });

  it('tries at once what another process has left in its queue meanwhile', async () => {
    const { inbox, count } = open(() => DONE);
    await clock.pass(SECOND);
    const row = { attempts: 1, nextAttemptAt: 0, reason: 'r', parkedAt: 0 };
    store.rows.set('left', { key: 'left', message: inbound('left'), ...row });
    inbox.lookAgain();
    await clock.pass(0);
    assert.equal(count('left 2'), 1);
  });

  it('does not take a command for expired, or for good, because the clock was set while no process ran', async () => {
    const ends: (number | undefined)[] = [];
    const row = { attempts: 1, nextAttemptAt: 0, reason: 'r', parkedAt: 0 };
    const now = clock.now();
    for (const [key, left] of [['good', 60_000] as const, ['late', -1] as const]) {
      // By the wall clock of then, which was wrong by a day.
      const message = inbound(key, { expiresAt: now + left - 24 * HOUR });
      store.rows.set(key, { key, message, expiresAt: now + left, ...row });
    }
    const { log } = open(() => DONE, {
      process: (message) => {
        log.push(`${text(message)} runs`);
        ends.push(message.expiresAt);
        return Promise.resolve(DONE);
      },
    });
    await clock.pass(SECOND);
    assert.deepEqual([log.sort(), ends], [['good runs', 'late EVENT_EXPIRED'], [now + 60_000]]);
  });

  describe('two messages that their broker gives one name', () => {
    const names: string[] = [];
    beforeEach(() => names.splice(0));
    const inboxOf = (outcome: (body: string) => Outcome) =>
      open(() => DONE, {
        process: (message, _attempt, { key, mayExist }) => {
          names.push(`${text(message)} ${key} ${mayExist}`);
          return Promise.resolve(outcome(text(message)));
        },
      }).inbox;
    function deliver(inbox: ReturnType<typeof inboxOf>, body: string, identity: string, redelivered = false) {
      const delivery = {
        ...{ message: inbound(body, { redelivered }), identity, settle: () => undefined, holdsUp: () => 0 },
        rename: (name: string) => void (delivery.identity = name),
      };
      inbox.take(delivery);
      return delivery;
    }
    const nameOf = (body: string): string =>
      names.find((line) => line.startsWith(`${body} `))?.split(' ')[1] ?? '';

    it('are told apart while the first one waits in the store, also by a later inbox', async () => {
      const first = inboxOf((body) => (body === 'one' ? failed() : DONE));
      deliver(first, 'one', 'packet 1');
      await clock.pass(0);
      assert.equal(store.rows.size, 1);
      const twin = deliver(first, 'two', 'packet 1');
      assert.notEqual(nameOf('two'), nameOf('one'));
      await first.close();
      const second = inboxOf((body) => (body.startsWith('one') ? failed() : DONE));
      await clock.pass(SECOND);
      deliver(second, 'third', 'packet 1');
      deliver(second, 'again', twin.identity, true);
      assert.equal(nameOf('again'), nameOf('two'));
      assert.notEqual(nameOf('third'), nameOf('one'));
      await second.close();
    });

    it('are one where the second is delivered again, and share nothing when the first is at its end', async () => {
      const inbox = inboxOf(() => failed());
      deliver(inbox, 'one', 'packet 1');
      await clock.pass(0);
      deliver(inbox, 'again', 'packet 1', true);
      assert.equal(nameOf('again'), nameOf('one'));
      await inbox.close();
      const other = inboxOf((body) => (body === 'a' ? failed('EVENT_REJECTED') : DONE));
      deliver(other, 'a', 'packet 2');
      await clock.pass(SECOND);
      deliver(other, 'b', 'packet 2');
      assert.equal(nameOf('b'), nameOf('a'));
    });
  });

  describe('a subject that is forgotten', () => {
    const names = (message: { body: Uint8Array }): boolean => text(message).startsWith('SN-7');

    it('is not remembered beside its row, which the store deletes', async () => {
      const { inbox, take, log } = open(() => failed());
      take('SN-7 a');
      take('SN-8 b');
      await clock.pass(0);
      assert.equal(inbox.memory.messages, 2);
      assert.equal(inbox.erase(names), 1);
      for (const [key, { message }] of store.rows) if (names(message)) store.rows.delete(key);
      assert.equal(inbox.memory.messages, 1);
      await clock.pass(10 * SECOND);
      assert.deepEqual(
        log.filter((line) => line.startsWith('SN-7')),
        ['SN-7 a 1', 'SN-7 a ack'],
      );
      assert.equal(inbox.waiting, 0);
    });

    it('leaves nothing when the flow has failed with it', async () => {
      let fail = (): void => undefined;
      const { inbox, take, log } = open(
        () => new Promise((resolve) => (fail = () => resolve(failed('EVENT_REJECTED')))),
      );
      take('SN-7 a');
      await clock.pass(0);
      assert.equal(inbox.erase(names), 1);
      fail();
      await clock.pass(10 * SECOND);
      assert.deepEqual([log, store.rows.size, store.letters], [['SN-7 a 1', 'SN-7 a ack'], 0, []]);
    });

    it('is forgotten where it waits for a place among what is tried again', async () => {
      const row = { attempts: 1, nextAttemptAt: 0, reason: 'r', parkedAt: 0 };
      for (let n = 0; n < 25; n += 1) {
        const key = `k${String(n).padStart(2, '0')}`;
        store.rows.set(key, { key, message: inbound(n % 2 === 0 ? `SN-7 ${n}` : `SN-8 ${n}`), ...row });
      }
      const ends: (() => void)[] = [];
      const { inbox, log } = open(() => new Promise((resolve) => ends.push(() => resolve(DONE))));
      await clock.pass(SECOND);
      assert.equal(ends.length, 10);
      inbox.erase(names);
      for (const [key, { message }] of store.rows) if (names(message)) store.rows.delete(key);
      for (let n = 0; n < 30; n += 1) {
        for (const end of ends.splice(0)) end();
        await clock.pass(SECOND);
      }
      assert.equal(log.filter((line) => line.startsWith('SN-8')).length, 12);
      assert.equal(log.filter((line) => line.startsWith('SN-7')).length, 5);
      assert.deepEqual([store.rows.size, inbox.waiting, inbox.inHand], [0, 0, 0]);
    });
  });

  it('works off what has waited as fast as the flow takes it, ten at a time', async () => {
    let [running, most] = [0, 0];
    const { take, count } = open(async (_body, attempt) => {
      if (attempt === 1) return failed();
      running += 1;
      most = Math.max(most, running);
      await settledTurn();
      running -= 1;
      return DONE;
    });
    for (let n = 0; n < 600; n += 1) take(`${n}`);
    await clock.pass(SECOND + 1);
    for (let turn = 0; turn < 600 && count(/ 2$/) < 600; turn += 1) await clock.pass(1);
    assert.equal(count(/ 2$/), 600);
    assert.equal(most, 10);
    assert.ok(clock.now() < new ManualClock().now() + 2 * SECOND, 'no pause between one ten and the next');
  });

  it('runs no retry twice for an answer of the store that was true when it was asked', async () => {
    let hold: () => void = () => undefined;
    const { take, count } = open((_body, attempt) => (attempt < 3 ? failed() : DONE));
    take('a');
    await clock.pass(10);
    const [row] = [...store.rows.values()];
    // The row is read while it is due, and the answer comes after its retry has ended and parked it anew.
    store.afterLoad = () => new Promise((resolve) => (hold = resolve));
    await clock.pass(SECOND);
    const stale = hold;
    store.afterLoad = () => Promise.resolve();
    stale();
    await clock.pass(10);
    assert.equal(count('a 2'), 1);
    store.afterLoad = () => new Promise((resolve) => (hold = resolve));
    take('b');
    await clock.pass(SECOND);
    await clock.pass(SECOND);
    hold();
    store.afterLoad = () => Promise.resolve();
    await clock.pass(10 * SECOND);
    assert.deepEqual([count('a 2'), count('a 3'), count('b 2'), count('b 3')], [1, 1, 1, 1]);
    assert.ok(row !== undefined && store.rows.size === 0);
  });

  describe('what the store refuses for good takes another way', () => {
    const givesLetter = (): Promise<Outcome> =>
      Promise.resolve({ kind: 'done', deadLetter: { ...letter('t', 'a'), reason: 'with a \0' } });

    it('a row: the event stays with its broker and is tried again from memory', async () => {
      store.before = (call, write) => {
        if (call === 'write' && write?.park !== undefined) throw REFUSED;
      };
      const { take, log, told } = open((_body, attempt) => (attempt === 1 ? failed() : DONE));
      take('a');
      await clock.pass(5 * SECOND);
      assert.deepEqual(log, ['a 1', 'a 2', 'a ack']);
      assert.equal(told.length, 1);
    });

    it('a letter with its text: the letter without it', async () => {
      store.before = (_call, write) => {
        if (write?.letter?.reason.includes('\0')) throw REFUSED;
      };
      const { take, count } = open(() => failed('EVENT_REJECTED'), { giveUp: givesLetter });
      take('a');
      await clock.pass(SECOND);
      assert.equal(count('a ack'), 1);
      assert.match(store.letters[0]?.reason ?? '', /^SCHEMA_VIOLATION/);
    });

    it('a letter in every form: it is told, and nothing hangs', async () => {
      store.before = (_call, write) => {
        if (write?.letter !== undefined) throw REFUSED;
      };
      const { take, count, told } = open(() => failed('EVENT_REJECTED'), { giveUp: givesLetter });
      take('a');
      await clock.pass(SECOND);
      assert.equal(count('a ack'), 1);
      assert.match(told.join('\n'), /dead letter of an event on t/);
    });

    it('a question about ids, or the mark of one: the event goes on without', async () => {
      store.before = (call, write) => {
        if (call === 'seen' || write?.mark !== undefined) throw REFUSED;
      };
      const { take, log } = open(() => DONE, { idOf: text }, { remembersIds: HOUR });
      take('a');
      take('b');
      await clock.pass(SECOND);
      assert.deepEqual(log.sort(), ['a 1', 'a ack', 'b 1', 'b ack']);
    });
  });

  it('tries what fails for now until it works, tells it once, and ends with the inbox', async () => {
    store.before = () => {
      throw AWAY;
    };
    const { inbox, take, log, told } = open(() => failed());
    take('a');
    await clock.pass(60 * SECOND);
    assert.deepEqual([log, told.length], [['a 1'], 1]);
    store.before = () => undefined;
    await clock.pass(3 * SECOND);
    assert.ok(log.includes('a ack'));
    const { loads } = store;
    await inbox.close();
    await clock.pass(HOUR);
    assert.equal(store.loads, loads);
  });

  describe('ids', () => {
    const rules = { remembersIds: HOUR };

    it('are known for their window and no longer, and trimmed by the clock', async () => {
      const { take, count } = open(() => DONE, { idOf: text }, rules);
      take('a');
      await clock.pass(HOUR - SECOND);
      take('a');
      await clock.pass(10);
      assert.equal(count('a 1'), 1);
      await clock.pass(2 * SECOND);
      take('a');
      await clock.pass(10);
      assert.equal(count('a 1'), 2, 'the window is counted from the first time');
      assert.ok(store.trims.length >= 2);
    });

    it('reach the store as digests, whatever they hold', async () => {
      const { take, count } = open(() => DONE, { idOf: () => 'with \0 and \ud800' }, rules);
      take('a');
      await clock.pass(10);
      assert.equal(count('a ack'), 1);
      assert.match([...store.marks.keys()].join(), /^[\w-]{43}$/);
    });

    it('of what was given up are not noted: its repair is processed', async () => {
      let works = false;
      const { take, log } = open(() => (works ? DONE : failed('EVENT_REJECTED')), { idOf: text }, rules);
      take('a');
      await clock.pass(10);
      works = true;
      take('a');
      await clock.pass(10);
      assert.deepEqual(log, ['a 1', 'a EVENT_REJECTED', 'a ack', 'a 1', 'a ack']);
    });

    it('let a repair through that comes while the first is being given up', async () => {
      let answer: (outcome: Outcome) => void = () => undefined;
      let runs = 0;
      const giveUp = (): Promise<Outcome> => new Promise((resolve) => (answer = resolve));
      const script = (): Outcome => ((runs += 1) === 1 ? failed('EVENT_REJECTED') : DONE);
      const { take, count } = open(script, { idOf: text, giveUp }, rules);
      take('a');
      await clock.pass(10);
      take('a');
      await clock.pass(10);
      answer(DONE);
      await clock.pass(10);
      assert.deepEqual([runs, count('a ack'), store.marks.size], [2, 2, 1]);
    });
  });

  describe('what waits for a decision', () => {
    const held: Script = () => ({ kind: 'held', by: 'NEW-9' });

    it('is kept, comes back to the next process, and goes on once', async () => {
      const first = open(held);
      first.take('a');
      first.take('b');
      await clock.pass(HOUR);
      assert.deepEqual(first.log, ['a 1', 'b 1', 'a ack', 'b ack']);
      // Killed: nothing was closed.
      const before: unknown[] = [];
      const second = open(() => DONE, { heldBefore: (group) => before.push(group) });
      await clock.pass(HOUR);
      assert.deepEqual(before, [{ by: 'NEW-9', count: 2 }]);
      assert.deepEqual(second.log, []);
      second.inbox.decided({ by: 'NEW-9' });
      second.inbox.decided({ by: 'NEW-9' });
      await clock.pass(SECOND);
      assert.deepEqual(second.log, ['a 1', 'b 1']);
      assert.equal(store.rows.size, 0);
    });

    it('is given up when it is refused, without being processed', async () => {
      const { inbox, take, log } = open(held);
      take('a');
      await clock.pass(10);
      inbox.decided({ by: 'NEW-9', refusal: new GridwireError('DEVICE_UNKNOWN', 'Dismissed.') });
      await clock.pass(SECOND);
      assert.deepEqual(log, ['a 1', 'a ack', 'a DEVICE_UNKNOWN']);
    });

    it('is counted by whoever decides as long as it is there: others discard some, and bring some', async () => {
      const counted = new Map<string, number>();
      const count = (by: string, more: number): void => void counted.set(by, (counted.get(by) ?? 0) + more);
      const hold: Script = () => {
        count('NEW-9', 1);
        return { kind: 'held', by: 'NEW-9' };
      };
      const { inbox, take } = open(hold, {
        heldBefore: ({ by, count: more }) => count(by, more),
        heldNoMore: ({ by, count: less }) => count(by, -less),
      });
      take('a');
      take('b');
      await clock.pass(SECOND);
      // A person discards one, in the sidebar of another process perhaps.
      store.rows.delete([...store.rows.keys()][0] ?? '');
      await clock.pass(61 * SECOND);
      assert.deepEqual([...counted], [['NEW-9', 1]]);
      // A process died, and its queue was taken over.
      const row = { attempts: 0, nextAttemptAt: Infinity, reason: 'r', parkedAt: 0, kind: 'held' } as const;
      store.rows.set('left', { key: 'left', message: inbound('left'), ...row, by: 'NEW-8' });
      inbox.lookAgain();
      await clock.pass(10);
      assert.deepEqual(
        [...counted],
        [
          ['NEW-9', 1],
          ['NEW-8', 1],
        ],
      );
      // One comes while the store is asked, which knows nothing of it yet.
      store.afterLoad = async () => {
        store.afterLoad = () => Promise.resolve();
        take('c');
        await settledTurn();
      };
      inbox.lookAgain();
      await clock.pass(SECOND);
      assert.equal(counted.get('NEW-9'), 2);
      await inbox.close();
      assert.deepEqual([...counted.values()], [0, 0], 'whoever takes up the queue counts them');
    });

    it('is counted no more when its subject is erased, or where no place is left for it', async () => {
      let counted = 0;
      const hold: Script = () => {
        counted += 1;
        return { kind: 'held', by: 'NEW-9' };
      };
      const heldNoMore = ({ count: less }: { count: number }): void => void (counted -= less);
      store.before = (call) => {
        if (call === 'write') throw REFUSED;
      };
      const { inbox, take } = open(hold, { heldNoMore }, { holdsAtMost: 2 });
      take('a');
      take('b');
      await clock.pass(SECOND);
      assert.equal(counted, 2);
      take('c');
      await clock.pass(SECOND);
      assert.equal(counted, 2, 'the third one became a letter');
      inbox.erase((message) => text(message) === 'a');
      await clock.pass(SECOND);
      assert.equal(counted, 1);
    });

    it('is counted no more when it is decided about with one whose row came late', async () => {
      let counted = 0;
      const seen = new Set<string>();
      const hold: Script = (body) => {
        if (seen.has(body)) return DONE;
        seen.add(body);
        counted += 1;
        return { kind: 'held', by: 'NEW-9' };
      };
      const heldNoMore = ({ count: less }: { count: number }): void => void (counted -= less);
      const { inbox, take, log } = open(hold, { heldNoMore });
      store.before = (call, write) => {
        if (call === 'write' && write?.park !== undefined && text(write.park.message) === 'late') throw AWAY;
      };
      take('late');
      await clock.pass(10);
      inbox.decided({ by: 'NEW-9' });
      counted = 0;
      await clock.pass(10);
      take('next');
      await clock.pass(10);
      assert.equal(counted, 1);
      store.before = () => undefined;
      await clock.pass(60 * SECOND);
      assert.deepEqual(log.filter((line) => /^(late|next) 1$/.test(line)).length, 4, 'each was run twice');
      assert.equal(counted, 0);
    });

    it('hears of a decision that comes while the store is away, or before the row is there', async () => {
      store.before = () => {
        throw AWAY;
      };
      let known = false;
      const { inbox, take, log } = open((_body, attempt) => (known ? DONE : held('', attempt)));
      take('a');
      await clock.pass(10);
      known = true;
      inbox.decided({ by: 'NEW-9' });
      store.before = () => undefined;
      await clock.pass(5 * SECOND);
      assert.deepEqual(log, ['a 1', 'a ack', 'a 1']);
      assert.equal(store.rows.size, 0);
    });

    it('is decided about as soon as the store is back, without being asked once more', async () => {
      let known = false;
      const { inbox, take, log } = open((_body, attempt) => (known ? DONE : held('', attempt)));
      take('a');
      await clock.pass(10);
      known = true;
      store.before = (call) => {
        if (call === 'decide') throw AWAY;
      };
      inbox.decided({ by: 'NEW-9' });
      await clock.pass(10);
      store.before = () => undefined;
      await clock.pass(5 * SECOND);
      assert.deepEqual(log, ['a 1', 'a ack', 'a 1']);
    });

    it('hears of a decision that comes before the store has refused its row for good', async () => {
      const { inbox, take, log } = open(held);
      store.before = (call) => {
        if (call !== 'write') return;
        inbox.decided({ by: 'NEW-9', refusal: new GridwireError('DEVICE_UNKNOWN', 'Dismissed.') });
        throw REFUSED;
      };
      take('a');
      await clock.pass(SECOND);
      assert.deepEqual(log, ['a 1', 'a DEVICE_UNKNOWN', 'a ack']);
    });
  });

  it('does not run the flow again because the dead letter found no place, also after a restart', async () => {
    const giveUp = (): Promise<Outcome> => Promise.resolve(failed('OUTBOX_FULL'));
    const first = open(() => failed('EVENT_REJECTED'), { giveUp });
    first.take('a');
    await clock.pass(10 * SECOND);
    await first.inbox.close();
    const second = open(() => DONE);
    await clock.pass(120 * SECOND);
    assert.deepEqual(
      [...first.log, ...second.log].filter((line) => / \d$/.test(line)),
      ['a 1'],
    );
    assert.deepEqual(second.log, ['a EVENT_REJECTED'], 'its own reason goes with it');
  });

  it('puts a letter into the store at last when its way there fails for good', async () => {
    const giveUp: Work['giveUp'] = (_message, _error, _origin, toStore) =>
      Promise.resolve(toStore ? { kind: 'done', deadLetter: letter('t', 'a') } : failed());
    const { take } = open(() => failed('EVENT_REJECTED'), { giveUp });
    take('a');
    await clock.pass(60 * SECOND);
    assert.deepEqual([store.letters.length, store.rows.size], [1, 0]);
  });

  it('forgets what somebody else has discarded, and counts it no more', async () => {
    const { inbox, take } = open(() => failed(), {}, { retry: { ...SLOW_RULE } });
    for (let n = 0; n < 500; n += 1) take(`${n}`);
    await clock.pass(SECOND);
    assert.deepEqual([inbox.waiting, inbox.memory.messages], [500, 500]);
    store.rows.clear();
    await clock.pass(2 * HOUR);
    assert.deepEqual([inbox.waiting, inbox.memory], [0, { messages: 0, bytes: 0 }]);
  });

  it('remembers a bounded number of objects, and more of those that matter', async () => {
    const seen: InboundMessage[] = [];
    const process: Work['process'] = (message, attempt) => {
      if (attempt > 1) seen.push(message);
      return Promise.resolve(attempt > 1 ? DONE : failed());
    };
    const knows = (message: InboundMessage): boolean => text(message) === 'known';
    const { inbox } = open(() => DONE, { process, knows });
    const all = [...Array.from({ length: 1_000 }, (_, n) => `${n}`), 'known', 'other'].map((body) =>
      inbound(body),
    );
    for (const message of all) inbox.take({ message, settle: () => undefined, holdsUp: () => 0 });
    await clock.pass(10);
    assert.equal(inbox.memory.messages, 1_001);
    await clock.pass(5 * SECOND);
    assert.equal(seen.length, all.length);
    assert.ok(seen.includes(all[1_000]!));
    assert.ok(!seen.includes(all[1_001]!), 'of any others no more than a thousand are kept in memory');
    assert.equal(inbox.memory.messages, 0);
  });

  describe('a clock that is set', () => {
    it('changes no wait while the process lives', async () => {
      const { take, log } = open((_body, attempt) => (attempt === 1 ? failed() : DONE));
      take('a');
      await clock.pass(10);
      clock.wallOffset = -5 * HOUR;
      await clock.pass(2 * SECOND);
      assert.ok(log.includes('a 2'), log.join());
    });

    it('ends the waits of an earlier process that had a later clock', async () => {
      const first = open(() => failed());
      first.take('a');
      await clock.pass(10);
      await first.inbox.close();
      clock = new ManualClock(Date.UTC(2025, 11, 31));
      const second = open(() => DONE);
      await clock.pass(SECOND);
      assert.deepEqual(second.log, ['a 2']);
    });

    it('expires no command that the time has not passed of', async () => {
      const { take, log } = open(
        (_body, attempt) => (attempt === 1 ? failed() : DONE),
        {},
        { retry: { ...SLOW_RULE, delay: SECOND } },
      );
      take('a', { expiresAt: clock.wall() + 60 * SECOND });
      await clock.pass(10);
      clock.wallOffset = 25 * HOUR;
      await clock.pass(2 * SECOND);
      assert.deepEqual(log, ['a 1', 'a ack', 'a 2']);
    });
  });

  for (const [way, hours] of [
    ['back', -5],
    ['ahead', 25],
  ] as const)
    it(`counts what a command has left from when it was read, though the clock was set ${way} while it waited for its turn`, async () => {
      const left: number[] = [];
      const { take, log } = open(() => DONE, {
        process: (message) => {
          left.push((message.expiresAt ?? NaN) - clock.wall());
          return Promise.resolve(DONE);
        },
      });
      const expiry = (life: number) => ({ expiresAt: clock.wall() + life, deadline: clock.now() + life });
      const [late, good] = [expiry(2 * SECOND), expiry(60 * SECOND)];
      clock.wallOffset = hours * HOUR;
      await clock.pass(3 * SECOND);
      take('late', late);
      take('good', good);
      await clock.pass(10);
      assert.deepEqual(
        log.filter((line) => !line.endsWith('ack')),
        ['late EVENT_EXPIRED'],
      );
      assert.deepEqual(left, [57 * SECOND]);
    });

  it('gives a message of one place in a log that comes again to the one that has it', async () => {
    let answer: (outcome: Outcome) => void = () => undefined;
    const { take, log } = open(() => new Promise((resolve) => (answer = resolve)));
    const position = { partition: 0, offset: '7', timestamp: 0, group: 'g' };
    take('a', { position });
    take('a', { position, redelivered: true });
    await clock.pass(10);
    answer(DONE);
    await clock.pass(10);
    assert.deepEqual(log, ['a 1', 'a ack', 'a ack']);
  });

  it('says what it names an event by, the same after its row has been read by another process', async () => {
    const origins: [string, boolean][] = [];
    const process: Work['process'] = (_message, attempt, { key, mayExist }) => {
      origins.push([key, mayExist]);
      return Promise.resolve(attempt === 1 ? failed() : DONE);
    };
    const first = open(() => DONE, { process });
    const delivery = {
      message: inbound('a'),
      identity: 'client 1 7',
      settle: () => undefined,
      holdsUp: () => 0,
    };
    first.inbox.take(delivery);
    await clock.pass(10);
    await first.inbox.close();
    open(() => DONE, { process });
    await clock.pass(5 * SECOND);
    assert.equal(origins.length, 2);
    assert.equal(origins[0]?.[0], origins[1]?.[0]);
    assert.deepEqual(
      origins.map(([, mayExist]) => mayExist),
      [false, true],
    );
  });

  it('keeps what is in hand when its source is deleted, and says what it cannot keep', async () => {
    const { inbox, take, log } = open(() => new Promise(() => undefined));
    take('a');
    const finishing = inbox.finish(SECOND);
    await clock.pass(5 * SECOND);
    assert.deepEqual(await finishing, { kept: 1, lost: [] });
    assert.deepEqual(log, ['a 1', 'a ack']);
    assert.equal(store.rows.size, 1);
    store.before = () => {
      throw AWAY;
    };
    const other = open(() => new Promise(() => undefined));
    other.take('b');
    const giving = other.inbox.finish(SECOND);
    await clock.pass(10 * SECOND);
    assert.deepEqual(await giving, { kept: 0, lost: ['t'] });
  });

  it('acknowledges what is being written down while it closes', async () => {
    let finish: () => void = () => undefined;
    const write = store.write.bind(store);
    store.write = async (...given) => {
      await new Promise<void>((resolve) => (finish = resolve));
      await write(...given);
    };
    const { inbox, take, log } = open(() => failed());
    take('a');
    await clock.pass(10);
    const closing = inbox.close();
    finish();
    await clock.pass(100);
    await closing;
    assert.deepEqual(log, ['a 1', 'a ack']);
  });
});

const SLOW_RULE = { attempts: 3, delay: HOUR, factor: 1, maximumDelay: HOUR };
