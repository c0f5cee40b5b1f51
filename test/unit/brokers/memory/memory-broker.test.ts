import assert from 'node:assert/strict';
import { MemoryBroker } from '../../../../src/brokers/memory/memory-broker.js';
import type { MemorySettings } from '../../../../src/brokers/memory/memory-settings.js';
import type { Delivery } from '../../../../src/brokers/broker.js';
import type { GridwireError } from '../../../../src/errors.js';
import type { WireMessage } from '../../../../src/event.js';
import { until } from '../../../support/wait.js';

const message = (topic: string, text = 'x', extra: Partial<WireMessage> = {}): WireMessage => ({
  topic,
  body: Buffer.from(text),
  qos: 1,
  retain: false,
  headers: {},
  ...extra,
});

async function connected(settings?: MemorySettings): Promise<MemoryBroker> {
  const broker = new MemoryBroker(settings);
  await broker.connect();
  return broker;
}

async function texts(broker: MemoryBroker, filter: string): Promise<string[]> {
  const seen: string[] = [];
  await broker.subscribe(filter, (delivery) => {
    seen.push(Buffer.from(delivery.message.body).toString());
    delivery.settle('ack');
  });
  return seen;
}

describe('memory broker', () => {
  it('is one broker for all of one name, and private without a name', async () => {
    const [one, same, other, unnamed] = await Promise.all([
      connected({ name: 'shared-a' }),
      connected({ name: 'shared-a' }),
      connected({ name: 'shared-b' }),
      connected(),
    ]);
    const seen = await Promise.all([same, other, unnamed].map((broker) => texts(broker, '#')));
    await one.publish(message('t'));
    await until('it came', () => seen[0]?.length === 1);
    assert.deepEqual(seen, [['x'], [], []]);
  });

  describe('whose clients are made anew, as a deploy does it', () => {
    const node = { identity: 'n1', qos: 1 } as const;
    const holding = async (broker: MemoryBroker, filter: string, identity = 'n1'): Promise<Delivery[]> => {
      const held: Delivery[] = [];
      await broker.subscribe(filter, (delivery) => held.push(delivery), { ...node, identity });
      return held;
    };
    const bodies = (held: readonly Delivery[]): string[] =>
      held.map(({ message: { body } }) => Buffer.from(body).toString());
    const problemsOf = (broker: MemoryBroker): GridwireError[] => {
      const problems: GridwireError[] = [];
      broker.on('problem', (problem) => problems.push(problem));
      return problems;
    };

    it('keeps for a subscriber with a name what it has not settled and what comes while it is away', async () => {
      const first = await connected({ owner: 'deployed' });
      const held = await holding(first, 't');
      await first.publish(message('t', 'done'));
      await first.publish(message('t', 'in hand'));
      await until('both are in hand', () => held.length === 2);
      held[0]?.settle('ack');
      await first.disconnect();
      const second = await connected({ owner: 'deployed' });
      await second.publish(message('t', 'while away'));
      const other = await holding(second, 't', 'n2');
      const again = await holding(second, 't');
      await until('the rest came', () => again.length === 2);
      assert.deepEqual(bodies(again), ['in hand', 'while away']);
      assert.deepEqual(bodies(other), [], 'another node of the same filter has its own');
    });

    it('says what it gives up: of a node that is deleted, or has another filter now, or with the broker', async () => {
      const broker = await connected({ owner: 'given up' });
      const problems = problemsOf(broker);
      const give = async (topic: string, count: number): Promise<void> => {
        for (let n = 0; n < count; n += 1) await broker.publish(message(topic));
      };
      const deleted = await broker.subscribe('a', () => undefined, node);
      await give('a', 3);
      await deleted.close({ unsubscribe: true });
      const changed = await broker.subscribe('b', () => undefined, node);
      await give('b', 2);
      await changed.close();
      assert.deepEqual(
        problems.map(({ details }) => details['lost']),
        [3],
        'it may come back',
      );
      await broker.subscribe('c', () => undefined, node);
      await give('c', 1);
      await broker.disconnect();
      broker.forget();
      assert.deepEqual(
        problems.map(({ code, details }) => [code, details['lost'], details['topic']]),
        [
          ['SESSION_UNCLAIMED', 3, 'a'],
          ['SESSION_UNCLAIMED', 2, 'b'],
          ['SESSION_UNCLAIMED', 1, 'c'],
        ],
      );
      const next = await connected({ owner: 'given up' });
      assert.deepEqual(bodies(await holding(next, 'c')), []);
    });

    it('lets a full queue that nobody has come back for stop nobody else', async () => {
      const broker = await connected({ owner: 'full', queueLimit: 2 });
      const problems = problemsOf(broker);
      const disabled = await broker.subscribe('t', () => undefined, node);
      await disabled.close();
      const others = await texts(broker, 't');
      for (const text of ['1', '2', '3']) {
        await broker.publish(message('t', text));
        await until('it came', () => others.includes(text));
      }
      assert.deepEqual(
        problems.map(({ details }) => details['lost']),
        [2],
      );
    });
  });

  it('refuses QoS 1 and 2 when a queue is full, delivers to nobody then, and drops QoS 0 visibly', async () => {
    const broker = await connected({ queueLimit: 2 });
    const problems: GridwireError[] = [];
    broker.on('problem', (problem) => problems.push(problem));
    const held: Delivery[] = [];
    await broker.subscribe('full', (delivery) => held.push(delivery), { window: 1 });
    const all = await texts(broker, '#');
    await broker.publish(message('full', '1'));
    await broker.publish(message('full', '2'));
    await assert.rejects(broker.publish(message('full', '3')), { code: 'BROKER_QUOTA', fault: 'transient' });
    await broker.publish(message('full', '4', { qos: 0 }));
    await until('what was accepted came', () => all.length === 3);
    assert.deepEqual(all, ['1', '2', '4']);
    assert.deepEqual(
      problems.map(({ code, details }) => [code, details.dropped]),
      [['BROKER_QUOTA', 1]],
    );
    held[0]?.settle('ack');
    await until('the next came', () => held.length === 2);
    await broker.publish(message('full', '5'));
  });

  it('does not let a handler that always refuses starve the process or the others', async () => {
    const broker = await connected();
    const seen: string[] = [];
    await broker.subscribe('t', (delivery) => {
      const text = Buffer.from(delivery.message.body).toString();
      seen.push(text);
      delivery.settle(text === 'bad' ? 'nack' : 'ack');
    });
    await broker.publish(message('t', 'bad'));
    await new Promise(setImmediate);
    await broker.publish(message('t', 'good'));
    await until('the good one came', () => seen.includes('good'));
    assert.equal(seen.filter((text) => text === 'good').length, 1);
    await broker.disconnect();
  });

  it('gives the event loop its turn while handlers publish to themselves', async () => {
    const broker = await connected();
    let count = 0;
    await broker.subscribe('loop', (delivery) => {
      count += 1;
      delivery.settle('ack');
      if (count < 50_000) void broker.publish(message('loop'));
    });
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 0);
    await broker.publish(message('loop'));
    await until('the loop ended', () => count === 50_000);
    clearInterval(timer);
    assert.ok(turns > 1);
  });

  it('marks what comes again, and drops what expired while it waited, visibly', async () => {
    const broker = await connected();
    const problems: GridwireError[] = [];
    broker.on('problem', (problem) => problems.push(problem));
    const held: Delivery[] = [];
    await broker.subscribe('t', (delivery) => held.push(delivery), { window: 1 });
    await broker.publish(message('t', 'first'));
    const expiresAt = Date.now() + 30;
    await broker.publish(message('t', 'late', { expiresAt }));
    await until('it expired', () => held.length === 1 && Date.now() > expiresAt);
    held[0]?.settle('nack');
    await until('the first came again', () => held.length === 2);
    assert.equal(held[1]?.message.redelivered, true);
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['EVENT_EXPIRED'],
    );
  });

  it('delays every delivery by its latency, in order', async () => {
    const broker = await connected({ latency: 40 });
    const seen = await texts(broker, 't');
    const started = Date.now();
    for (const text of ['1', '2', '3']) await broker.publish(message('t', text));
    await until('all came', () => seen.length === 3);
    assert.ok(Date.now() - started >= 39);
    assert.deepEqual(seen, ['1', '2', '3']);
  });

  it('deals a shared subscription out by turns, to those that listen', async () => {
    const broker = await connected();
    const first = await texts(broker, '$share/g/t/+');
    const second: string[] = [];
    const subscription = await broker.subscribe('$share/g/t/+', (delivery) => {
      second.push(Buffer.from(delivery.message.body).toString());
      delivery.settle('ack');
    });
    for (let index = 0; index < 4; index += 1) await broker.publish(message(`t/${index}`, `${index}`));
    await until('all came', () => first.length + second.length === 4);
    assert.equal(first.length, 2);
    await subscription.close();
    for (let index = 4; index < 8; index += 1) await broker.publish(message(`t/${index}`, `${index}`));
    await until('the rest came', () => first.length === 6);
  });

  it('bounds its retained values', async () => {
    const broker = await connected({ retainedLimit: 1 });
    await broker.publish(message('a', '1', { retain: true }));
    await broker.publish(message('a', '2', { retain: true }));
    await assert.rejects(broker.publish(message('b', '1', { retain: true })), { code: 'BROKER_QUOTA' });
    await broker.publish(message('a', '', { retain: true }));
    await broker.publish(message('b', '1', { retain: true }));
  });

  it('refuses settings that cannot work', () => {
    for (const settings of [
      { latency: -1 },
      { queueLimit: 0 },
      { retainedLimit: NaN },
      { name: '' },
      { clientId: '' },
    ]) {
      assert.throws(() => new MemoryBroker(settings), { code: 'SETTING_INVALID' });
    }
  });

  it('does not hand a retained value again to a subscriber that has finished with it', async () => {
    const broker = new MemoryBroker();
    await broker.connect();
    const send = (text: string) =>
      broker.publish({ topic: 'a', body: Buffer.from(text), qos: 1, retain: true, headers: {} });
    const seen: string[] = [];
    const listen = () =>
      broker.subscribe(
        'a',
        (delivery) => {
          seen.push(Buffer.from(delivery.message.body).toString());
          delivery.settle('ack');
        },
        { identity: 'node' },
      );
    await send('1');
    const first = await listen();
    await until('it came', () => seen.length === 1);
    await first.close();
    const second = await listen();
    await send('2');
    await until('the next came', () => seen.length === 2);
    await second.close();
    await send('3');
    await listen();
    await until('the one meanwhile came', () => seen.length === 3);
    assert.deepEqual(seen, ['1', '2', '3']);
    await broker.disconnect();
  });
});
