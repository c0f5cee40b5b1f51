import assert from 'node:assert/strict';
import type { Broker, Delivery, SubscribeOptions } from '../../../src/brokers/broker.js';
import { GridwireError } from '../../../src/errors.js';
import type { InboundMessage, Qos, WireMessage } from '../../../src/event.js';
import { until } from '../../support/wait.js';

/** A place where brokers of one kind can be made; all of them reach the same messages. */
export interface DeliveryFixture {
  /**
   * A client, not yet connected. The same id means the same session.
   * @param id also keeps messages while it is away, where the broker has sessions
   */
  create(id: string): Broker;
  stop(): Promise<void>;
}

export interface SuiteLimits {
  /** Delivery levels whose promise differs. */
  qos: Qos[];
  /** The transport can say "retained". */
  retain: boolean;
  /** Wildcards in the middle and at the end of a filter. */
  wildcards: boolean;
}

const ALL: SuiteLimits = { qos: [0, 1, 2], retain: true, wildcards: true };

/** What every broker must do. `start` runs in a `before` hook and may skip. */
export function deliverySuite(
  name: string,
  start: (context: Mocha.Context) => Promise<DeliveryFixture>,
  limits: SuiteLimits = ALL,
): void {
  describe(`delivery on ${name}`, () => {
    let fixture: DeliveryFixture | undefined;
    let brokers: Broker[] = [];
    let serial = 0;
    /** A topic level of this test alone. */
    let room = '';

    before(async function () {
      this.timeout(30_000);
      fixture = await start(this);
    });
    after(() => fixture?.stop());
    beforeEach(() => {
      serial += 1;
      room = `room${serial}`;
      brokers = [];
    });
    afterEach(async () => {
      await Promise.all(brokers.map((broker) => broker.disconnect()));
    });

    async function connected(id: string): Promise<Broker> {
      const broker = (fixture as DeliveryFixture).create(`${room}-${id}`);
      brokers.push(broker);
      await broker.connect();
      assert.equal(broker.isConnected(), true);
      return broker;
    }

    function message(topic: string, text: string, extra: Partial<WireMessage> = {}): WireMessage {
      return {
        topic: `${room}/${topic}`,
        body: Buffer.from(text),
        qos: 1,
        retain: false,
        headers: {},
        ...extra,
      };
    }

    /** Subscribes and settles at once; the returned list grows. */
    async function collect(
      broker: Broker,
      filter: string,
      options?: SubscribeOptions,
    ): Promise<InboundMessage[]> {
      const seen: InboundMessage[] = [];
      await broker.subscribe(
        `${room}/${filter}`,
        (delivery) => {
          seen.push(delivery.message);
          delivery.settle('ack');
        },
        options,
      );
      return seen;
    }

    const texts = (messages: InboundMessage[]) => messages.map(({ body }) => Buffer.from(body).toString());
    const code = (expected: string) => (error: unknown) =>
      error instanceof GridwireError && error.code === expected;

    for (const qos of limits.qos) {
      it(`delivers QoS ${qos} in order with its bytes`, async () => {
        const broker = await connected('a');
        const seen = await collect(broker, 'order', { qos });
        const sent = Array.from({ length: 300 }, (_, index) => `${index}`);
        const results = await Promise.all(
          sent.map((text) => broker.publish(message('order', text, { qos }))),
        );
        assert.ok(results.every((result) => result.message_id !== ''));
        await until('all have come', () => seen.length >= sent.length);
        assert.deepEqual(texts(seen), sent);
        assert.deepEqual([seen[0]?.topic, seen[0]?.qos], [`${room}/order`, qos]);
      });

      it(`holds at most the window of QoS ${qos} unsettled and goes on when settled, in any order`, async () => {
        const broker = await connected('a');
        const held: Delivery[] = [];
        await broker.subscribe(`${room}/window`, (delivery) => held.push(delivery), { qos, window: 5 });
        for (let index = 0; index < 12; index += 1) {
          await broker.publish(message('window', `${index}`, { qos }));
        }
        await until('the window is full', () => held.length === 5);
        held[4]?.settle('ack');
        await until('a sixth came', () => held.length === 6);
        for (let index = 0; index < 12; index += 1) {
          await until('the next came', () => held.length > index);
          held[index]?.settle('ack');
        }
        assert.deepEqual(texts(held.map((delivery) => delivery.message)), [...Array(12).keys()].map(String));
      });
    }

    it('does not call a handler from within publish', async () => {
      const broker = await connected('a');
      const seen = await collect(broker, 'reentry');
      const publishing = broker.publish(message('reentry', 'x'));
      assert.equal(seen.length, 0);
      await publishing;
      await until('it came', () => seen.length === 1);
    });

    onlyIf(limits.wildcards)('delivers to every subscription whose filter matches, once each', async () => {
      const broker = await connected('a');
      const all = await collect(broker, '#');
      const one = await collect(broker, '+/b');
      const exact = await collect(broker, 'a/b');
      const other = await collect(broker, 'a/c');
      await broker.publish(message('a/b', 'x'));
      await broker.publish(message('end', 'end'));
      // Between topics no broker owes an order, and Kafka keeps none; nor do its subscriptions wait for each other.
      await until('all came', () => all.length >= 2 && one.length >= 1 && exact.length >= 1);
      assert.deepEqual(
        [texts(all).sort(), texts(one), texts(exact), texts(other)],
        [['end', 'x'], ['x'], ['x'], []],
      );
    });

    it('gives each of two subscriptions of one filter its own copy', async () => {
      const broker = await connected('a');
      const first = await collect(broker, 'twice');
      const second = await collect(broker, 'twice');
      await broker.publish(message('twice', 'x'));
      await until('both came', () => first.length === 1 && second.length === 1);
      (first[0] as InboundMessage).body[0] = 0;
      assert.notEqual(first[0]?.body[0], second[0]?.body[0]);
    });

    it('is not reached by what the publisher changes later', async () => {
      const broker = await connected('a');
      const seen = await collect(broker, 'shared');
      const sent = message('shared', 'before');
      const publishing = broker.publish(sent);
      await publishing;
      sent.body.fill(0);
      await until('it came', () => seen.length === 1);
      assert.deepEqual(texts(seen), ['before']);
    });

    it('carries headers, content type and expiry where it says so, and nothing like it elsewhere', async () => {
      const broker = await connected('a');
      const seen = await collect(broker, 'headers');
      const expiresAt = Date.now() + 60_000;
      await broker.publish(
        message('headers', '{}', {
          headers: { one: '1', 'wide ü': 'ß' },
          contentType: 'application/json',
          expiresAt,
        }),
      );
      await until('it came', () => seen.length === 1);
      if (!broker.capabilities.headers) {
        assert.deepEqual(
          [seen[0]?.headers, seen[0]?.contentType, seen[0]?.expiresAt],
          [{}, undefined, undefined],
        );
        return;
      }
      const { headers, contentType, expiresAt: expiry = 0 } = seen[0]!;
      assert.deepEqual([headers, contentType], [{ one: '1', 'wide ü': 'ß' }, 'application/json']);
      assert.ok(Math.abs(expiry - expiresAt) <= 2_000);
    });

    onlyIf(limits.retain)(
      'gives a retained value to who comes later, marked, and forgets it on an empty body',
      async () => {
        const broker = await connected('a');
        await broker.publish(message('kept', 'old', { retain: true }));
        await broker.publish(message('kept', 'new', { retain: true }));
        const seen = await collect(broker, 'kept');
        await until('the value came', () => seen.length === 1);
        assert.deepEqual([texts(seen), seen[0]?.retain], [['new'], true]);
        const without = await collect(broker, '+', { retained: false });
        await broker.publish(message('kept', '', { retain: true }));
        await until('the removal came', () => seen.some((one) => one.body.length === 0));
        assert.ok(!texts(without).includes('new'));
        const late = await collect(broker, 'kept/#');
        await broker.publish(message('kept/end', 'end'));
        await until('the last came', () => late.length > 0);
        assert.deepEqual(texts(late), ['end']);
      },
    );

    it('keeps what is unsettled for the next connection of the same client', async function () {
      this.timeout(20_000);
      const first = await connected('session');
      const publisher = await connected('publisher');
      const held: Delivery[] = [];
      await first.subscribe(`${room}/kept`, (delivery) => held.push(delivery), { qos: 1 });
      for (let index = 0; index < 6; index += 1) await publisher.publish(message('kept', `${index}`));
      await until('all are in hand', () => held.length === 6);
      held[0]?.settle('ack');
      held[1]?.settle('ack');
      await first.disconnect();
      held[2]?.settle('ack');
      await publisher.publish(message('kept', 'while away'));
      const second = await connected('session');
      const seen = await collect(second, 'kept');
      await until('the rest came', () => seen.length === 5);
      assert.deepEqual(texts(seen), ['2', '3', '4', '5', 'while away']);
    });

    it('lets a closed subscription be taken up again without loss', async () => {
      const broker = await connected('session');
      const held: Delivery[] = [];
      const first = await broker.subscribe(`${room}/redeploy`, (delivery) => held.push(delivery), { qos: 1 });
      await broker.publish(message('redeploy', 'a'));
      await broker.publish(message('redeploy', 'b'));
      await until('both are in hand', () => held.length === 2);
      held[0]?.settle('ack');
      await first.close();
      await first.close();
      await broker.publish(message('redeploy', 'c'));
      const seen = await collect(broker, 'redeploy');
      held[1]?.settle('ack');
      await until('the rest came', () => seen.length === 2);
      assert.deepEqual(texts(seen), ['b', 'c']);
    });

    it('delivers nothing more after an unsubscribe', async () => {
      const broker = await connected('session');
      const seen: Delivery[] = [];
      const subscription = await broker.subscribe(`${room}/gone`, (delivery) => seen.push(delivery));
      await broker.publish(message('gone', 'a'));
      await until('it came', () => seen.length === 1);
      await subscription.close({ unsubscribe: true });
      await broker.publish(message('gone', 'b'));
      const again = await collect(broker, 'gone');
      await broker.publish(message('gone', 'c'));
      await until('the last came', () => again.length > 0);
      assert.deepEqual(texts(again), ['c']);
      assert.equal(seen.length, 1);
    });

    for (const qos of limits.qos.filter((level) => level > 0)) {
      it(`names a message of QoS ${qos} the same when it comes again, and no two alike`, async () => {
        const sender = await connected('sender');
        const first = await connected('names');
        const held: Delivery[] = [];
        await first.subscribe(`${room}/names`, (delivery) => held.push(delivery), { qos });
        for (let count = 0; count < 3; count += 1) await sender.publish(message('names', 'same', { qos }));
        await until('three came', () => held.length === 3);
        const names = held.map(({ identity }) => identity);
        assert.equal(new Set(names).size, 3);
        assert.ok(names.every((name) => typeof name === 'string'));
        await first.disconnect();
        const again: Delivery[] = [];
        const second = await connected('names');
        await second.subscribe(`${room}/names`, (delivery) => again.push(delivery), { qos });
        await until('they came again', () => again.length === 3);
        assert.deepEqual(
          again.map(({ identity }) => identity),
          names,
        );
        for (const delivery of again) delivery.settle('ack');
      });
    }

    it('carries headers that are given twice, in their order, where it carries headers', async () => {
      const broker = await connected('twice');
      const received = await collect(broker, 'twice');
      const headers = { a: ['1', '2', '1'], b: 'x' };
      await broker.publish(message('twice', 'x', { headers }));
      await until('it came', () => received.length === 1);
      assert.deepEqual({ ...received[0]?.headers }, broker.capabilities.headers ? headers : {});
    });

    it('goes on after a nack, and brings the message back where it says so', async () => {
      const broker = await connected('a');
      const seen: string[] = [];
      await broker.subscribe(`${room}/nack`, (delivery) => {
        const text = Buffer.from(delivery.message.body).toString();
        seen.push(text);
        delivery.settle(text === 'bad' && seen.filter((one) => one === 'bad').length < 3 ? 'nack' : 'ack');
      });
      for (const text of ['1', 'bad', '2', '3']) await broker.publish(message('nack', text));
      const expected = broker.capabilities.redelivers
        ? ['1', '2', '3', 'bad', 'bad', 'bad']
        : ['1', '2', '3', 'bad'];
      await until('all came', () => seen.length === expected.length);
      assert.deepEqual([...seen].sort(), expected);
    });

    it('settles once: later calls change nothing', async () => {
      const broker = await connected('a');
      const held: Delivery[] = [];
      await broker.subscribe(`${room}/once`, (delivery) => held.push(delivery), { window: 1 });
      for (const text of ['a', 'b', 'c']) await broker.publish(message('once', text));
      await until('the first came', () => held.length === 1);
      held[0]?.settle('ack');
      held[0]?.settle('ack');
      held[0]?.settle('nack');
      await until('the second came', () => held.length === 2);
      await broker.publish(message('once', 'd'));
      assert.equal(held.length, 2);
    });

    it('survives a handler that throws and tells of it', async () => {
      const broker = await connected('a');
      const problems: GridwireError[] = [];
      broker.on('problem', (problem) => problems.push(problem));
      await broker.subscribe(`${room}/throws`, () => {
        throw new Error('flow broke');
      });
      await broker.publish(message('throws', 'x'));
      await until('it was told', () => problems.length === 1);
      assert.equal(problems[0]?.code, 'INTERNAL');
      assert.equal(broker.isConnected(), true);
    });

    it('pulls: peek leaves, clear takes, the limit holds, a timeout waits', async () => {
      const broker = await connected('a');
      const channel = `${room}/pull`;
      assert.deepEqual(await broker.consume(channel), []);
      for (const text of ['1', '2', '3']) await broker.publish(message('pull', text));
      let peeked: InboundMessage[] = [];
      await until('all three are there', async () => {
        peeked = await broker.consume(channel, { clear: false, timeout: 50 });
        return peeked.length === 3;
      });
      assert.deepEqual(texts(peeked), ['1', '2', '3']);
      assert.deepEqual(texts(await broker.consume(channel, { limit: 2 })), ['1', '2']);
      assert.deepEqual(texts(await broker.consume(channel)), ['3']);
      assert.deepEqual(await broker.consume(channel), []);
      const waiting = broker.consume(channel, { timeout: 5_000 });
      await broker.publish(message('pull', '4'));
      assert.deepEqual(texts(await waiting), ['4']);
    });

    onlyIf(limits.wildcards)('pulls by a narrower filter and leaves the rest', async () => {
      const broker = await connected('a');
      const name = `${room}/+/states`;
      const channel = await broker.openChannel(name);
      for (const text of ['1', '2', '3', '4']) {
        await broker.publish(message(Number(text) % 2 === 1 ? 'odd/states' : 'even/states', text));
      }
      const peek = (): Promise<InboundMessage[]> => channel.consume({ clear: false, timeout: 5_000 });
      await until('all four are there', async () => (await peek()).length === 4, 20_000);
      assert.deepEqual(texts(await channel.consume({ only: `${room}/even/states`, limit: 1 })), ['2']);
      assert.deepEqual(texts(await channel.consume({ only: `${room}/none/states`, timeout: 20 })), []);
      // Kafka keeps no order between topics.
      assert.deepEqual(texts(await channel.consume()).sort(), ['1', '3', '4']);
    });

    it('shares a pull channel among those who opened it; the last ends it and tells of what was left', async () => {
      const broker = await connected('a');
      const problems: GridwireError[] = [];
      broker.on('problem', (problem) => problems.push(problem));
      const name = `${room}/shared`;
      const [one, other] = [await broker.openChannel(name), await broker.openChannel(name)];
      await broker.publish(message('shared', '1'));
      assert.deepEqual(texts(await one.consume({ clear: false, timeout: 5_000 })), ['1']);
      assert.deepEqual(texts(await other.consume({ timeout: 5_000 })), ['1']);
      assert.deepEqual(await one.consume(), []);
      await one.close();
      await one.close();
      await broker.publish(message('shared', '2'));
      assert.deepEqual(texts(await other.consume({ clear: false, timeout: 5_000 })), ['2']);
      const late = other.consume({ only: `${room}/none`, timeout: 5_000 });
      await other.close();
      assert.deepEqual(await late, []);
      assert.deepEqual([problems.at(-1)?.code, problems.at(-1)?.details.left], ['BROKER_CLOSED', 1]);
    });

    it('bounds a pull channel and tells of what it dropped', async () => {
      const broker = await connected('a');
      const problems: GridwireError[] = [];
      broker.on('problem', (problem) => problems.push(problem));
      const channel = `${room}/bounded`;
      await broker.consume(channel, { capacity: 2 });
      for (const text of ['1', '2', '3']) await broker.publish(message('bounded', text));
      await until('the drop was told', () => problems.length === 1);
      assert.deepEqual([problems[0]?.code, problems[0]?.details.dropped], ['BROKER_QUOTA', 1]);
      assert.deepEqual(texts(await broker.consume(channel)), ['2', '3']);
    });

    it('refuses what cannot be published or subscribed, and stays up', async () => {
      const broker = await connected('a');
      await assert.rejects(broker.publish(message('a/#', 'x')), code('TOPIC_ILLEGAL'));
      await assert.rejects(broker.publish({ ...message('', 'x'), topic: '' }), code('TOPIC_ILLEGAL'));
      await assert.rejects(
        broker.subscribe('a/#/b', () => undefined),
        code('FILTER_ILLEGAL'),
      );
      await assert.rejects(
        broker.publish(message('late', 'x', { expiresAt: Date.now() - 1 })),
        code('EVENT_EXPIRED'),
      );
      await broker.publish(message('ok', 'x'));
      assert.equal(broker.state, 'connected');
    });

    it('rejects a publish while it is not connected, and says its states', async () => {
      const broker = (fixture as DeliveryFixture).create(`${room}-states`);
      const states: string[] = [];
      broker.on('state', (state) => states.push(state));
      await assert.rejects(broker.publish(message('early', 'x')), code('BROKER_DISCONNECTED'));
      await broker.connect();
      await broker.disconnect();
      await broker.disconnect();
      await assert.rejects(broker.publish(message('late', 'x')), code('BROKER_DISCONNECTED'));
      assert.deepEqual(
        states.filter((state) => state !== 'connecting'),
        ['connected', 'disconnected'],
      );
      assert.equal(broker.isConnected(), false);
    });
  });
}

/** Registers a test only where its promise is made; a skipped one would count as not run. */
function onlyIf(promised: boolean): (title: string, test: Mocha.AsyncFunc) => void {
  return (title, test) => {
    if (promised) it(title, test);
  };
}
