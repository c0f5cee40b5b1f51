import assert from 'node:assert/strict';
import path from 'node:path';
import type { Boot } from '../../../../src/boot.js';
import { Outbox, type OutboxOptions } from '../../../../src/delivery/outbound/outbox.js';
import { StoreJournal } from '../../../../src/delivery/outbound/store-journal.js';
import { GridwireError } from '../../../../src/errors.js';
import type { Qos, WireMessage } from '../../../../src/event.js';
import { OutboxTable } from '../../../../src/store/sql/outbox-table.js';
import { SqliteDatabase } from '../../../../src/store/sqlite/sqlite-database.js';
import { openSqliteStore } from '../../../../src/store/sqlite/sqlite-store.js';
import { WorkerClient } from '../../../../src/store/sqlite/worker-client.js';
import { ManualClock } from '../../../support/manual-clock.js';
import { ScriptedBroker } from '../../../support/scripted-broker.js';
import { until } from '../../../support/wait.js';
import { message, temporaryFolder } from '../../store/helpers.js';

const HOUR = 3_600_000;

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'resolved',
    (error: unknown) => (error instanceof GridwireError ? error.code : String(error)),
  );
}

function of(topic: string, body: string, qos: Qos, more: Partial<WireMessage> = {}): WireMessage {
  return { ...message(topic, body), qos, ...more };
}

describe('an outbox and the clock', () => {
  let clock: ManualClock;
  let broker: ScriptedBroker;

  function open(options: Partial<OutboxOptions> = {}): Outbox {
    clock = new ManualClock();
    broker = new ScriptedBroker();
    broker.become('disconnected');
    return new Outbox(broker, options, { clock, random: () => 0.5 });
  }

  it('expires nothing because the clock was set ahead by 25 hours, and tells the broker what is left of an expiry', async () => {
    const outbox = open();
    const plain = outbox.send(message('t', 'plain'));
    const command = outbox.send({
      ...message('c', 'command'),
      expiresAt: clock.wall() + HOUR,
    });
    clock.wallOffset = 25 * HOUR;
    await clock.pass(1_000);
    broker.respond = () => undefined;
    const expiries: (number | undefined)[] = [];
    broker.noRoom = ({ expiresAt }) => void expiries.push(expiresAt);
    broker.become('connected');
    await Promise.all([plain, command]);
    assert.deepEqual(expiries, [undefined, clock.wall() + HOUR - 1_000]);
    outbox.close();
  });

  it('keeps nothing longer because the clock was set back by five hours', async () => {
    const outbox = open({ maxAge: HOUR });
    const [old, command] = [
      codeOf(outbox.send(message('t', 'old'))),
      codeOf(outbox.send({ ...message('c', 'x'), expiresAt: clock.wall() + 1_000 })),
    ];
    clock.wallOffset = -5 * HOUR;
    await clock.pass(1_000);
    assert.equal(await command, 'EVENT_EXPIRED');
    await clock.pass(HOUR);
    assert.equal(await old, 'OUTBOX_EXPIRED');
    assert.equal(outbox.losses.expired, 2);
    outbox.close();
  });

  it('tells at its time, and not later, that an event has expired, whatever comes meanwhile', async () => {
    const outbox = open();
    let ended = '';
    void codeOf(outbox.send({ ...message('c', 'x'), expiresAt: clock.wall() + 1_000 })).then(
      (code) => (ended = code),
    );
    for (let tenth = 0; tenth < 10; tenth += 1) {
      void codeOf(outbox.send(message(`t/${tenth}`, 'x')));
      await clock.pass(100);
    }
    assert.equal(ended, 'EVENT_EXPIRED');
    outbox.close();
  });

  it('does not send what has expired between two tries', async () => {
    const outbox = open();
    broker.become('connected');
    const late = codeOf(outbox.send({ ...message('c', 'x'), expiresAt: clock.wall() + 1_000 }));
    broker.become('disconnected');
    await new Promise(setImmediate);
    await clock.pass(1_000);
    assert.equal(await late, 'EVENT_EXPIRED');
    broker.become('connected');
    assert.equal(broker.published.length, 1);
    outbox.close();
  });

  describe('over a restart', () => {
    let remove: () => void;
    let file: string;
    beforeEach(() => {
      const temporary = temporaryFolder();
      remove = temporary.remove;
      file = path.join(temporary.folder, 'store.db');
    });
    afterEach(() => remove());

    /** The age of what waits, as two lives of a process find it whose clocks and machines said so. */
    async function ageAfter(
      first: { wall: number; boot: Boot },
      second: { wall: number; boot: Boot },
    ): Promise<number> {
      await (await openSqliteStore({ kind: 'sqlite', file })).close();
      const settings = {
        file,
        durability: 'process' as const,
        lockWait: 1_000,
      };
      let age: number | undefined;
      for (const { wall, boot } of [first, second]) {
        const client = new WorkerClient(settings, () => undefined);
        const table = new OutboxTable(new SqliteDatabase(client, 'process'), boot, () => wall);
        if (age === undefined) await table.add('q', [message('t', 'x')]);
        age = (await table.peek('q', 0, 1))[0]?.age;
        await client.close();
      }
      return age ?? NaN;
    }
    const boot = (id: string | undefined, uptime: number): Boot => ({
      id,
      uptime: () => uptime,
    });
    const start = 1_700_000_000_000;

    for (const [what, wall] of [
      ['ahead by 25 hours', start + 25 * HOUR],
      ['back by five hours', start - 5 * HOUR],
    ] as const) {
      it(`counts ages by the machine's uptime where its clock was set ${what}`, async () => {
        const age = await ageAfter({ wall: start, boot: boot('a', 1_000) }, { wall, boot: boot('a', 8_000) });
        assert.equal(age, 7_000);
      });
    }

    it('counts them by the clock where the machine was started anew, and a clock that was set back as no time', async () => {
      const before = { wall: start, boot: boot('a', 1_000) };
      assert.equal(await ageAfter(before, { wall: start + HOUR, boot: boot('b', 5) }), HOUR);
      remove();
      assert.equal(await ageAfter(before, { wall: start - HOUR, boot: boot('b', 5) }), 0);
      assert.equal(
        await ageAfter(
          { wall: start, boot: boot(undefined, 1) },
          { wall: start - HOUR, boot: boot(undefined, 2) },
        ),
        0,
      );
    });

    it('expires what an earlier life left by how long it could still be sent, not by the clock', async () => {
      const store = await openSqliteStore({ kind: 'sqlite', file });
      const wall = Date.now();
      await store.outbox.add('q', [
        { ...message('c', 'late'), expiresAt: wall + HOUR },
        { ...message('c', 'in time'), expiresAt: wall + 3 * HOUR },
      ]);
      const own = new ManualClock();
      // The clock of this life says a year that is long past.
      const lost: string[] = [];
      const away = new ScriptedBroker();
      away.respond = () => undefined;
      away.become('disconnected');
      const journal = new StoreJournal(() => Promise.resolve(store), 'q');
      const onLost = (_: GridwireError, { body }: WireMessage): void =>
        void lost.push(Buffer.from(body).toString());
      const outbox = new Outbox(away, {}, { clock: own, durable: { journal, onLost } });
      await until('both are known', () => outbox.size === 2 && outbox.waiting === 2);
      while (lost.length === 0) await own.pass(60_000);
      away.become('connected');
      await until('the other is sent', () => away.published.length === 1);
      assert.deepEqual([lost, away.published.map(({ text }) => text)], [['late'], ['in time']]);
      outbox.close();
      await outbox.atRest(1_000);
      await store.close();
    });
  });
});

describe('the order of an outbox', () => {
  it('holds per topic whatever the QoS: none starts before those of another QoS have ended', async () => {
    const broker = new ScriptedBroker();
    const outbox = new Outbox(broker);
    const levels: Qos[] = [1, 1, 0, 2, 2, 1];
    const all = levels.map((qos, index) => outbox.send(of('t', String(index), qos)));
    const other = outbox.send(of('u', 'other', 2));
    const underWay = (): string =>
      broker.open.map(({ message: { body } }) => Buffer.from(body).toString()).join();
    const steps = [underWay()];
    while (broker.open.length > 0) {
      for (const { answer } of broker.open.splice(0)) answer();
      await new Promise(setImmediate);
      steps.push(underWay());
    }
    await Promise.all([...all, other]);
    assert.deepEqual(steps, ['0,1,other', '2', '3,4', '5', '']);
    outbox.close();
  });

  it('holds per topic over retries of all kinds, with each QoS, and what has no room waits in its place', async () => {
    const clock = new ManualClock();
    const broker = new ScriptedBroker();
    let seed = 7;
    const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    const outbox = new Outbox(broker, { window: 7 }, { clock, random });
    broker.noRoom = () =>
      random() < 0.2 ? (['all', 'kind', 'one'] as const)[Math.floor(random() * 3)] : undefined;
    const delivered = new Map<string, number[]>();
    const sent: Promise<unknown>[] = [];
    const step = async (): Promise<void> => {
      // As transports do it: who does not answer in time is not listened to any more.
      if (random() < 0.1) {
        for (const { answer } of broker.open.splice(0))
          answer(new GridwireError('BROKER_TIMEOUT', 'No answer.'));
        await new Promise(setImmediate);
      }
      const taken = broker.open.shift();
      if (taken !== undefined) {
        const { topic, body } = taken.message;
        delivered.set(topic, [...(delivered.get(topic) ?? []), Number(Buffer.from(body).toString())]);
        taken.answer();
      }
      if (random() < 0.05) {
        broker.become('disconnected');
        await new Promise(setImmediate);
        broker.become('connected');
      }
      broker.room();
      await clock.pass(100);
      await new Promise(setImmediate);
    };
    for (let index = 0; index < 400; index += 1) {
      sent.push(outbox.send(of(`t/${index % 4}`, String(index), Math.floor(random() * 3) as Qos)));
      await step();
    }
    for (let rounds = 0; outbox.size > 0; rounds += 1) {
      assert.ok(rounds < 20_000, `${outbox.size} are stuck`);
      await step();
    }
    await Promise.all(sent);
    for (const order of delivered.values())
      assert.deepEqual(
        order,
        [...new Set(order)].sort((a, b) => a - b),
      );
    assert.equal([...delivered.values()].flat().length, 400);
    outbox.close();
  });

  it('costs no more for 100,000 topics through an outage than for one', async function () {
    this.timeout(60_000);
    const broker = new ScriptedBroker();
    const outbox = new Outbox(broker, {
      maxCount: 100_000,
      maxBytes: Infinity,
      whenFull: 'drop-oldest',
    });
    broker.become('disconnected');
    let looks = 0;
    const dropped: Promise<string>[] = [];
    for (let index = 0; index < 110_000; index += 1) {
      const ended = codeOf(outbox.send(of(`t/${index}`, 'x', (index % 3) as Qos)));
      if (index < 10_000) dropped.push(ended);
    }
    assert.deepEqual(new Set(await Promise.all(dropped)), new Set(['OUTBOX_DROPPED']));
    broker.noRoom = () => {
      looks += 1;
      return undefined;
    };
    broker.respond = () => undefined;
    broker.become('connected');
    await until('all are sent', () => outbox.size === 0, 60_000);
    assert.equal(looks, 100_000);
    outbox.close();
  });
});

describe('what an outbox gives up', () => {
  it('is told to each sender as it closes', async () => {
    const broker = new ScriptedBroker();
    broker.become('disconnected');
    const outbox = new Outbox(broker);
    const ends = ['a', 'b', 'a'].map((topic) => codeOf(outbox.send(message(topic, 'x'))));
    outbox.close();
    assert.deepEqual(new Set(await Promise.all(ends)), new Set(['BROKER_CLOSED']));
  });

  it('is what names a subject that is to be forgotten, in memory too, also on its way', async () => {
    const broker = new ScriptedBroker();
    const outbox = new Outbox(broker, { window: 1 });
    const ends = ['anna 1', 'bert', 'anna 2'].map((text) => codeOf(outbox.send(message('t', text))));
    assert.equal(
      outbox.erase(({ body }) => Buffer.from(body).toString().includes('anna')),
      2,
    );
    broker.become('disconnected');
    await new Promise(setImmediate);
    broker.respond = () => undefined;
    broker.become('connected');
    assert.deepEqual(await Promise.all(ends), ['OUTBOX_DROPPED', 'resolved', 'OUTBOX_DROPPED']);
    assert.deepEqual(
      broker.published.map(({ text }) => text),
      ['anna 1', 'bert'],
    );
  });
});
