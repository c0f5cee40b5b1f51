import assert from 'node:assert/strict';
import type { RetryData } from '../../../../src/contracts/contract-data.js';
import { type Clock, systemClock } from '../../../../src/clock.js';
import { InboxDriver } from '../../../../src/delivery/inbound/inbox-driver.js';
import { InboxQueueStore } from '../../../../src/delivery/inbound/inbox-store.js';
import { DONE, type Outcome, type Work } from '../../../../src/delivery/inbound/work.js';
import { GridwireError } from '../../../../src/errors.js';
import type { InboundMessage } from '../../../../src/event.js';
import type { EventStore } from '../../../../src/store/event-store.js';
import { ManualClock } from '../../../support/manual-clock.js';
import { onEachStore } from '../../../support/stores.js';
import { until } from '../../../support/wait.js';
import { letter, text } from '../../store/helpers.js';

const FAILED: Outcome = { kind: 'failed', error: new GridwireError('FLOW_FAILED', 'It did not work.') };

function inbound(body: string): InboundMessage {
  const rest = { qos: 1, retain: false, headers: {}, receivedAt: 0, redelivered: false } as const;
  return { topic: 't', body: Buffer.from(body), ...rest };
}

onEachStore('inbox with a store', (stores) => {
  let store: EventStore;
  const open: InboxDriver[] = [];

  beforeEach(async () => {
    store = await stores.open();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((inbox) => inbox.close()));
  });

  function settle(
    process: (text: string, attempt: number) => Outcome | Promise<Outcome>,
    more: Partial<Work> = {},
    rule: Partial<RetryData> = {},
    clock: Clock = systemClock,
  ) {
    const log: string[] = [];
    const work: Work = {
      process: (message, attempt) => {
        log.push(`${text(message)} ${attempt}`);
        return Promise.resolve(process(text(message), attempt));
      },
      giveUp: (message, { code }) => {
        log.push(`${text(message)} ${code}`);
        return Promise.resolve(DONE);
      },
      ...more,
    };
    const retry = { attempts: 3, delay: 20, factor: 1, maximumDelay: 20, ...rule };
    const window = { count: 1000, age: 60_000 };
    const queue = {
      open: () => Promise.resolve(store),
      nameIn: () => Promise.resolve('q'),
      scope: 'q',
      clock,
      window,
    };
    const told: string[] = [];
    const inbox = new InboxDriver(
      {
        ...{ clock, random: Math.random, work, store: new InboxQueueStore(queue) },
        tell: ({ message }) => told.push(message),
      },
      { retry, onReceipt: false, holdsAtMost: 10, remembersIds: window.age },
    );
    open.push(inbox);
    const take = (body: string, holdsUp = () => 0): void =>
      inbox.take({
        message: inbound(body),
        settle: (outcome) => log.push(`${body} ${outcome}`),
        holdsUp,
      });
    return { inbox, take, log, told };
  }
  const parkedCount = async (): Promise<number> => (await store.parked.usage('q')).count;
  const noneIsParked = (): Promise<void> => until('none is parked', async () => (await parkedCount()) === 0);

  it('leaves its broker when it is parked, and is tried again from the store', async () => {
    const { take, log } = settle((_text, attempt) => (attempt === 1 ? FAILED : DONE));
    take('a');
    await until('the retry has come', () => log.includes('a 2'));
    assert.deepEqual(log, ['a 1', 'a ack', 'a 2']);
    await noneIsParked();
  });

  it('stays in the store while it is tried again, so that a process that dies meanwhile finds it there', async () => {
    let during = -1;
    const { take, log } = settle(async (_text, attempt) => {
      if (attempt === 1) return FAILED;
      during = await parkedCount();
      return DONE;
    });
    take('a');
    await until('the retry has looked', () => during >= 0);
    assert.equal(during, 1, log.join());
  });

  it('comes back the later the longer what it waits for is away', async () => {
    const away: Outcome = { kind: 'failed', error: new GridwireError('BROKER_DISCONNECTED', 'Away.') };
    const tried: number[] = [];
    const { take } = settle(
      () => {
        tried.push(Date.now());
        return away;
      },
      {},
      { delay: 1, factor: 2, maximumDelay: 60_000 },
    );
    take('a');
    await until('it was tried three times', () => tried.length === 3);
    const last = tried[2] ?? Infinity;
    let found = await store.parked.due('q', Number.MAX_SAFE_INTEGER, 1);
    while ((found[0]?.nextAttemptAt ?? 0) <= last)
      found = await store.parked.due('q', Number.MAX_SAFE_INTEGER, 1);
    const { nextAttemptAt = 0, parkedAt = 0 } = found[0] ?? {};
    // Times of the store are whole, and of another clock than the test's.
    const rounding = 2;
    assert.ok(
      nextAttemptAt - parkedAt + rounding >= 1.75 * (last - parkedAt),
      `${parkedAt} ${last} ${nextAttemptAt}`,
    );
  });

  it('is given up after its attempts, with its letter in the same commit', async () => {
    const giveUp = (): Promise<Outcome> => Promise.resolve({ kind: 'done', deadLetter: letter('t', 'a') });
    const { take } = settle(() => FAILED, { giveUp });
    take('a');
    await until('there is a letter', async () => (await store.deadLetters.count({})) > 0);
    assert.equal(await parkedCount(), 0);
  });

  it('is taken up by the next process', async () => {
    const first = settle(() => FAILED);
    first.take('a');
    await until('it is parked', () => first.log.includes('a ack'));
    await first.inbox.close();
    const second = settle(() => DONE);
    await until('it is taken up', () => second.log.length > 0);
    assert.match(second.log[0] ?? '', /^a [23]$/);
  });

  it('is one that is still worked on, if others wait for it; its end takes it out of the store', async () => {
    let end: (outcome: Outcome) => void = () => undefined;
    const clock = new ManualClock();
    const { inbox, take, log } = settle(() => new Promise((resolve) => (end = resolve)), {}, {}, clock);
    let others = 0;
    take('slow', () => others);
    await clock.pass(800);
    assert.deepEqual(log, ['slow 1'], 'nothing waits for it, so it stays with its broker');
    others = 1;
    await clock.pass(100);
    await until('it has left its broker', () => log.includes('slow ack'));
    assert.equal(await parkedCount(), 1);
    assert.equal(inbox.waiting, 0, 'it is not on its way to another attempt');
    end(DONE);
    await noneIsParked();
    assert.deepEqual(log, ['slow 1', 'slow ack'], 'nobody else has taken it up');
  });

  it('is tried again like any other when what was kept for others fails', async () => {
    let end: (outcome: Outcome) => void = () => undefined;
    const { take, log } = settle((_text, attempt) =>
      attempt === 1 ? new Promise((resolve) => (end = resolve)) : DONE,
    );
    take('slow', () => 1);
    await until('it has left its broker', () => log.includes('slow ack'));
    end(FAILED);
    await until('it is tried again', () => log.includes('slow 2'));
    await noneIsParked();
    assert.deepEqual(log, ['slow 1', 'slow ack', 'slow 2']);
  });

  for (const [name, outcome] of [
    ['done', DONE],
    ['failed', FAILED],
  ] as const) {
    it(`is not kept any more once its work has ${name}, however long the store takes to settle it`, async () => {
      const clock = new ManualClock();
      const process = (_text: string, attempt: number): Outcome => (attempt === 1 ? outcome : DONE);
      const { take, log } = settle(process, { idOf: text }, {}, clock);
      const commit = store.settle.bind(store);
      store.settle = async (settled) => {
        await clock.pass(700);
        return commit(settled);
      };
      take('a', () => (log.includes('a 1') ? 10 : 0));
      await until('it has left its broker', () => log.includes('a ack'));
      // A failed one comes again from the store, and leaves it then.
      await until('none is parked, and the last attempt is made', async () => {
        await clock.pass(20);
        return log.includes(name === 'failed' ? 'a 2' : 'a ack') && (await parkedCount()) === 0;
      });
      assert.deepEqual(log, name === 'failed' ? ['a 1', 'a ack', 'a 2'] : ['a 1', 'a ack']);
    });
  }

  it('is taken up by the next process when the one that worked on it is gone', async () => {
    const first = settle(() => new Promise(() => undefined));
    first.take('slow', () => 1);
    await until('it has left its broker', () => first.log.includes('slow ack'));
    await first.inbox.close();
    const second = settle(() => DONE);
    await until('it is taken up', () => second.log.includes('slow 1'));
  });

  it('is not acknowledged to its broker while the store does not take it', async () => {
    const clock = new ManualClock();
    const { take, log } = settle(() => FAILED, {}, {}, clock);
    await store.close();
    take('a');
    await clock.pass(60_000);
    assert.deepEqual(log, ['a 1']);
  });

  it('does not slow the good ones: 500 bad ones in a row, and the next good one is through before their retries', async () => {
    const { take, log } = settle((body) => (body.startsWith('bad') ? FAILED : DONE));
    for (let n = 0; n < 500; n += 1) take(`bad${n}`);
    take('good');
    await until('the good one is settled', () => log.includes('good ack'));
    const before = log.slice(0, log.indexOf('good ack'));
    assert.ok(!before.some((line) => / [23]$/.test(line)));
    await until(
      'all bad ones have left their broker',
      () => log.filter((line) => line.endsWith('ack')).length === 501,
    );
  });

  it('drops a command that has expired, visibly, instead of processing it late', async () => {
    const { inbox, log } = settle(() => DONE);
    const message = { ...inbound('late'), expiresAt: Date.now() - 1 };
    inbox.take({
      message,
      settle: (outcome) => log.push(`late ${outcome}`),
      holdsUp: () => 0,
    });
    await until('it is settled', () => log.includes('late ack'));
    assert.deepEqual(log, ['late EVENT_EXPIRED', 'late ack']);
  });

  describe('without duplicates', () => {
    const idOf = (message: InboundMessage): string => text(message);

    it('processes an id once: at the same time, later, and in the next process', async () => {
      const first = settle(() => DONE, { idOf });
      first.take('a');
      first.take('a');
      await until('both are settled', () => first.log.filter((line) => line === 'a ack').length === 2);
      first.take('a');
      await until('the third is settled', () => first.log.filter((line) => line === 'a ack').length === 3);
      await first.inbox.close();
      const second = settle(() => DONE, { idOf });
      second.take('a');
      second.take('b');
      await until('both are settled', () => second.log.includes('b ack') && second.log.includes('a ack'));
      assert.deepEqual(
        [...first.log, ...second.log].filter((line) => line.endsWith('1')),
        ['a 1', 'b 1'],
      );
      assert.equal(first.inbox.repeated, 2);
    });

    it('keeps the order while it asks the store', async () => {
      const { take, log } = settle(() => DONE, { idOf });
      const bodies = Array.from({ length: 100 }, (_, n) => `m${n}`);
      for (const body of bodies) take(body);
      await until('all are settled', () => log.filter((line) => line.endsWith('ack')).length === 100);
      assert.deepEqual(
        log.filter((line) => line.endsWith(' 1')),
        bodies.map((body) => `${body} 1`),
      );
    });

    it('lets a repetition of a parked message through once', async () => {
      let works = false;
      const { take, log } = settle(() => (works ? DONE : FAILED), { idOf });
      take('a');
      await until('it is parked', () => log.includes('a ack'));
      works = true;
      take('a');
      await until('the repetition is settled', () => log.filter((line) => line === 'a ack').length === 2);
      await noneIsParked();
      assert.equal(log.filter((line) => / [12]$/.test(line)).length, 2);
    });
  });
});
