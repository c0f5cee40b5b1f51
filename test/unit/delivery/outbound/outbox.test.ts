import assert from 'node:assert/strict';
import { type Clock, systemClock } from '../../../../src/clock.js';
import { GridwireError } from '../../../../src/errors.js';
import type { WireMessage } from '../../../../src/event.js';
import { Outbox, type OutboxOptions } from '../../../../src/delivery/outbound/outbox.js';
import { ManualClock } from '../../../support/manual-clock.js';
import { ScriptedBroker } from '../../../support/scripted-broker.js';

function message(topic: string, text: string, more: Partial<WireMessage> = {}): WireMessage {
  return { topic, body: Buffer.from(text), qos: 1, retain: false, headers: {}, ...more };
}

const fast = { threshold: 2, delay: 2, factor: 1, maximumDelay: 2 };

function setUp(
  options: Partial<OutboxOptions> = {},
  clock: Clock = systemClock,
): { broker: ScriptedBroker; outbox: Outbox } {
  const broker = new ScriptedBroker();
  return { broker, outbox: new Outbox(broker, { breaker: fast, ...options }, { clock }) };
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'resolved',
    (error: unknown) => (error instanceof GridwireError ? error.code : String(error)),
  );
}

const transient = (): GridwireError => new GridwireError('BROKER_TIMEOUT', 'No answer.');
const refusal = (): GridwireError => new GridwireError('BROKER_REFUSED', 'Refused.');

describe('outbox', () => {
  it('resolves only after the broker has acknowledged', async () => {
    const { broker, outbox } = setUp();
    let settled = false;
    const sent = outbox.send(message('t', 'a')).then(() => (settled = true));
    await new Promise(setImmediate);
    assert.equal(settled, false);
    broker.open[0]?.answer();
    await sent;
    assert.equal(outbox.size, 0);
  });

  it('keeps events while the broker is away and sends them, in order, when it is back', async () => {
    const { broker, outbox } = setUp();
    broker.become('disconnected');
    const sent = ['1', '2', '3'].map((text) => outbox.send(message('t', text)));
    assert.equal(outbox.waiting, 3);
    broker.respond = () => undefined;
    broker.become('connected');
    await Promise.all(sent);
    assert.deepEqual(
      broker.published.map(({ text }) => text),
      ['1', '2', '3'],
    );
  });

  it('sends again, in the old order, what was under way when the connection was lost', async () => {
    const { broker, outbox } = setUp();
    const sent = ['1', '2', '3'].map((text) => outbox.send(message('t', text)));
    broker.open.shift()?.answer();
    await sent[0];
    broker.become('disconnected');
    await new Promise(setImmediate);
    broker.respond = () => undefined;
    const later = outbox.send(message('t', '4'));
    broker.become('connected');
    await Promise.all([...sent, later]);
    assert.deepEqual(
      broker.published.map(({ text }) => text),
      ['1', '2', '3', '2', '3', '4'],
    );
  });

  it('lets a transient fault of a connected broker wait behind the breaker, never fail', async () => {
    const { broker, outbox } = setUp();
    broker.respond = (_message, count) => (count <= 6 ? transient() : undefined);
    await Promise.all([outbox.send(message('t', '1')), outbox.send(message('u', '2'))]);
    assert.equal(outbox.breakerState, 'closed');
    assert.equal(outbox.size, 0);
  });

  it('opens the breaker after repeated faults, so that a sick broker is not hammered', async () => {
    const { broker, outbox } = setUp({
      breaker: { threshold: 2, delay: 60_000, factor: 1, maximumDelay: 60_000 },
    });
    broker.respond = () => transient();
    const sent = codeOf(outbox.send(message('t', '1')));
    await new Promise(setImmediate);
    assert.equal(outbox.breakerState, 'open');
    assert.equal(broker.published.length, 2);
    outbox.close();
    assert.equal(await sent, 'BROKER_CLOSED');
  });

  it('fails a permanent fault at once and goes on with the next event', async () => {
    const { broker, outbox } = setUp();
    broker.respond = ({ topic }) =>
      topic === 'bad' ? new GridwireError('BODY_TOO_LARGE', 'Too large.') : undefined;
    assert.equal(await codeOf(outbox.send(message('bad', '1'))), 'BODY_TOO_LARGE');
    assert.equal(await codeOf(outbox.send(message('good', '2'))), 'resolved');
  });

  it("tries a refused event as often as its contract says, then fails; its topic's order holds meanwhile", async () => {
    const { broker, outbox } = setUp();
    broker.respond = ({ body }) => (Buffer.from(body).toString() === 'bad' ? refusal() : undefined);
    const retry = { attempts: 4, delay: 1, factor: 2, maximumDelay: 4 };
    const bad = outbox.send(message('t', 'bad'), { retry });
    const good = outbox.send(message('t', 'good'), { retry });
    assert.equal(await codeOf(bad), 'BROKER_REFUSED');
    await good;
    assert.equal(broker.published.filter(({ text }) => text === 'bad').length, 4);
  });

  it('refuses what does not fit, by count and by bytes', async () => {
    const { broker, outbox } = setUp({ maxCount: 2 });
    broker.become('disconnected');
    const kept = [outbox.send(message('t', '1')), outbox.send(message('t', '123456'))].map(codeOf);
    assert.equal(await codeOf(outbox.send(message('t', '3'))), 'OUTBOX_FULL');
    outbox.close();
    assert.deepEqual(await Promise.all(kept), ['BROKER_CLOSED', 'BROKER_CLOSED']);
    const small = setUp({ maxBytes: 1000 });
    small.broker.become('disconnected');
    void codeOf(small.outbox.send(message('t', 'x'.repeat(600))));
    await assert.rejects(small.outbox.send(message('t', 'x'.repeat(600))), {
      code: 'OUTBOX_FULL',
      details: { count: 1, bytes: 665 },
    });
    small.outbox.close();
  });

  it('refuses for good what can never fit, with its size and the bound, and holds up nothing behind it', async () => {
    for (const whenFull of ['reject', 'drop-oldest'] as const) {
      const { broker, outbox } = setUp({ maxBytes: 1000, whenFull });
      broker.become('disconnected');
      const before = outbox.send(message('t', 'before'));
      await assert.rejects(outbox.send(message('t', 'x'.repeat(1000))), {
        code: 'BODY_TOO_LARGE',
        fault: 'permanent',
        details: { topic: 't', bytes: 1065, limit: 1000 },
      });
      const behind = outbox.send(message('t', 'behind'));
      broker.respond = () => undefined;
      broker.become('connected');
      await Promise.all([before, behind]);
      assert.deepEqual([broker.published.length, outbox.losses.dropped], [2, 0]);
    }
  });

  it('drops the oldest, and says so, where that is the rule', async () => {
    const { broker, outbox } = setUp({ maxCount: 2, whenFull: 'drop-oldest' });
    broker.become('disconnected');
    const sent = ['1', '2', '3'].map((text) => codeOf(outbox.send(message(`topic/${text}`, text))));
    assert.equal(await sent[0], 'OUTBOX_DROPPED');
    broker.respond = () => undefined;
    broker.become('connected');
    assert.deepEqual(await Promise.all(sent), ['OUTBOX_DROPPED', 'resolved', 'resolved']);
  });

  it('never sends a command that has expired', async () => {
    const { broker, outbox } = setUp();
    broker.become('disconnected');
    const late = codeOf(outbox.send(message('t', 'discharge', { expiresAt: Date.now() - 1 })));
    broker.respond = () => undefined;
    broker.become('connected');
    assert.equal(await late, 'EVENT_EXPIRED');
    assert.equal(broker.published.length, 0);
  });

  it('keeps no more under way than the window allows', async () => {
    const { broker, outbox } = setUp({ window: 5 });
    const sent = Array.from({ length: 20 }, (_, index) =>
      outbox.send(message(`t/${index % 3}`, String(index))),
    );
    let most = 0;
    while (broker.open.length > 0) {
      most = Math.max(most, broker.open.length);
      broker.open.shift()?.answer();
      await new Promise(setImmediate);
    }
    await Promise.all(sent);
    assert.equal(most, 5);
  });

  it('does not count an outage against the retries of a refused event', async () => {
    const { broker, outbox } = setUp();
    const retry = { attempts: 3, delay: 1, factor: 1, maximumDelay: 1 };
    const sent = codeOf(outbox.send(message('t', '1'), { retry }));
    for (let outage = 0; outage < 5; outage += 1) {
      broker.become('disconnected');
      await new Promise(setImmediate);
      broker.become('connected');
    }
    broker.respond = (_message, count) => (count < 8 ? refusal() : undefined);
    for (const { answer } of broker.open.splice(0)) answer(refusal());
    assert.equal(await sent, 'resolved');
    assert.equal(broker.published.length, 8);
  });

  it('sends what waited at its own rate, and new events of other topics past it', async () => {
    const clock = new ManualClock();
    const { broker, outbox } = setUp({ drainRate: 50 }, clock);
    broker.become('disconnected');
    const late = Array.from({ length: 20 }, (_, index) => outbox.send(message('t', String(index))));
    await clock.pass(2);
    broker.respond = () => undefined;
    broker.become('connected');
    const live = Array.from({ length: 50 }, (_, index) => outbox.send(message('u', `live ${index}`)));
    await Promise.all(live);
    assert.equal(outbox.draining, true);
    assert.ok(outbox.waiting > 10, `${outbox.waiting} of 20 wait while 50 new ones have passed`);
    await clock.pass(1_000);
    await Promise.all(late);
    assert.deepEqual(
      broker.published.filter(({ topic }) => topic === 't').map(({ text }) => Number(text)),
      Array.from({ length: 20 }, (_, index) => index),
    );
    assert.equal(outbox.draining, false);
  });

  it('keeps the order of a topic where its type asks for it, and sends the newest first where it may', async () => {
    const { broker, outbox } = setUp({ window: 1 });
    broker.become('disconnected');
    const waited = ['1', '2', '3'].flatMap((text) => [
      outbox.send(message('ordered', text)),
      outbox.send(message('newest', text), { liveFirst: true }),
    ]);
    broker.become('connected');
    const live = [
      outbox.send(message('ordered', '4')),
      outbox.send(message('newest', '4'), { liveFirst: true }),
    ];
    broker.respond = () => undefined;
    for (const { answer } of broker.open.splice(0)) answer();
    await Promise.all([...waited, ...live]);
    const sent = (wanted: string): string[] =>
      broker.published.filter(({ topic }) => topic === wanted).map(({ text }) => text);
    assert.deepEqual(sent('ordered'), ['1', '2', '3', '4']);
    assert.deepEqual(sent('newest'), ['4', '1', '2', '3']);
  });

  it('lets live events that a second outage caught wait in their old order', async () => {
    const { broker, outbox } = setUp({ window: 1 });
    broker.become('disconnected');
    const sent = ['1', '2'].map((text) => outbox.send(message('t', text), { liveFirst: true }));
    broker.become('connected');
    sent.push(...['3', '4'].map((text) => outbox.send(message('t', text), { liveFirst: true })));
    broker.become('disconnected');
    await new Promise(setImmediate);
    broker.respond = () => undefined;
    broker.become('connected');
    sent.push(outbox.send(message('t', '5'), { liveFirst: true }));
    await Promise.all(sent);
    assert.deepEqual(
      broker.published.slice(1).map(({ text }) => text),
      ['1', '5', '2', '3', '4'],
    );
  });

  it('keeps the order of every topic through random losses of the connection', async () => {
    const { broker, outbox } = setUp({ window: 7 });
    const delivered = new Map<string, number[]>();
    const sent: Promise<unknown>[] = [];
    for (let index = 0; index < 300; index += 1) {
      const topic = `t/${index % 4}`;
      sent.push(
        outbox.send(message(topic, String(index))).then(() => {
          delivered.set(topic, [...(delivered.get(topic) ?? []), index]);
        }),
      );
      if (index % 3 === 0) broker.open.shift()?.answer();
      if (index % 37 === 0) {
        broker.become('disconnected');
        await new Promise(setImmediate);
        broker.become('connected');
      }
      await new Promise(setImmediate);
    }
    while (outbox.size > 0) {
      broker.open.shift()?.answer();
      await new Promise(setImmediate);
    }
    await Promise.all(sent);
    for (const order of delivered.values())
      assert.deepEqual(
        order,
        [...order].sort((a, b) => a - b),
      );
    assert.equal([...delivered.values()].flat().length, 300);
  });
});
