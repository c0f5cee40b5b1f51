import assert from 'node:assert/strict';
import mqtt from 'mqtt';
import type { Delivery } from '../../../../../src/brokers/broker.js';
import { MqttBroker } from '../../../../../src/brokers/mqtt/mqtt-broker.js';
import { Inbound } from '../../../../../src/brokers/mqtt/inbound/inbound.js';
import { filtersFor } from '../../../../../src/brokers/mqtt/inbound/old-filters.js';
import { sessionFilters } from '../../../../../src/brokers/mqtt/inbound/session-filters.js';
import { mqttSettings } from '../../../../../src/brokers/mqtt/connection/mqtt-settings.js';
import { filterMatches } from '../../../../../src/brokers/topic-filter.js';
import type { GridwireError } from '../../../../../src/errors.js';
import { startMosquitto, type CrashableMosquitto } from '../../../../support/mosquitto.js';
import { ManualClock } from '../../../../support/manual-clock.js';
import { ScriptedMqttServer } from '../../../../support/scripted-mqtt-server.js';
import { until } from '../../../../support/wait.js';

describe('filters that can have brought a topic', () => {
  it('are all that select it, and no others', () => {
    const found = filtersFor('a/b/c');
    for (const filter of ['a/b/c', '+/+/+', '#', 'a/#', 'a/b/#', 'a/b/c/#', '+/b/#', 'a/+/c'])
      assert.ok(found.includes(filter), filter);
    assert.ok(found.every((filter) => filterMatches(filter, 'a/b/c')));
    assert.equal(new Set(found).size, found.length);
    assert.deepEqual(filtersFor('a/'.repeat(30)), []);
    assert.ok(filtersFor('$SYS/x').every((filter) => filter.startsWith('$SYS')));
  });
});

for (const protocolVersion of [4, 5] as const) {
  describe(`a filter that was changed, on MQTT ${protocolVersion === 4 ? '3.1.1' : '5'}`, () => {
    let mosquitto: CrashableMosquitto;
    let brokers: MqttBroker[] = [];
    let serial = 0;
    before(async function () {
      mosquitto = await startMosquitto(this, { config: ['allow_anonymous true', 'set_tcp_nodelay true'] });
    });
    after(() => mosquitto.stop());
    beforeEach(() => (serial += 1));
    afterEach(async () => {
      await Promise.all(brokers.map((broker) => broker.disconnect()));
      brokers = [];
    });
    async function connected(clientId: string): Promise<MqttBroker> {
      const broker = new MqttBroker({ host: '127.0.0.1', port: mosquitto.port, protocolVersion, clientId });
      brokers.push(broker);
      await broker.connect();
      return broker;
    }

    for (const remade of [false, true]) {
      it(`costs the session nothing: the old one is ended at the broker${remade ? ', also with a connection made anew' : ''}`, async () => {
        const sender = await connected(`s${serial}`);
        const send = (topic: string) =>
          sender.publish({ topic, body: Buffer.from('x'), qos: 1, retain: false, headers: {} });
        let broker = await connected(`c${serial}`);
        const seen: string[] = [];
        const take = (delivery: Delivery) => {
          seen.push(delivery.message.topic);
          delivery.settle('ack');
        };
        const old = await broker.subscribe('old/#', take, { identity: 'node' });
        await send('old/1');
        await until('the first came', () => seen.length === 1);
        await old.close();
        if (remade) {
          await broker.disconnect();
          for (let count = 0; count < 300; count += 1) await send(`old/${count}`);
          broker = await connected(`c${serial}`);
        }
        await broker.subscribe('new/#', take, { identity: 'node' });
        for (let count = 0; count < 300; count += 1) await Promise.all([send(`old/${count}`), send('new/1')]);
        await until(
          'all of the new filter came',
          () => seen.filter((topic) => topic === 'new/1').length === 300,
        );
        assert.equal(seen.filter((topic) => topic.startsWith('old')).length, 1);
      });
    }

    it('of a node whose neighbour keeps it goes on for the neighbour', async () => {
      const broker = await connected(`c${serial}`);
      const seen: string[] = [];
      const take = (name: string) => (delivery: Delivery) => {
        seen.push(`${name} ${delivery.message.topic}`);
        delivery.settle('ack');
      };
      const one = await broker.subscribe(`${serial}/a`, take('one'), { identity: 'one' });
      const two = await broker.subscribe(`${serial}/a`, take('two'), { identity: 'two' });
      await Promise.all([one.close(), two.close()]);
      await broker.subscribe(`${serial}/b`, take('one'), { identity: 'one' });
      await broker.publish({
        topic: `${serial}/a`,
        body: Buffer.from('x'),
        qos: 1,
        retain: false,
        headers: {},
      });
      await broker.subscribe(`${serial}/a`, take('two'), { identity: 'two' });
      await until('it came', () => seen.length === 1);
      assert.deepEqual(seen, [`two ${serial}/a`]);
    });

    it('in between, what comes for two closed subscribers reaches both of them', async () => {
      const broker = await connected(`c${serial}`);
      const seen: string[] = [];
      const take = (name: string) => (delivery: Delivery) => {
        seen.push(name);
        delivery.settle('ack');
      };
      const one = await broker.subscribe(`${serial}/a`, take('one'), { identity: 'one' });
      await broker.subscribe(`${serial}/a`, take('two'), { identity: 'two' });
      await one.close();
      await broker.publish({
        topic: `${serial}/a`,
        body: Buffer.from('x'),
        qos: 1,
        retain: false,
        headers: {},
      });
      await until('the other one got it', () => seen.length === 1);
      await broker.subscribe(`${serial}/a`, take('one'), { identity: 'one' });
      await until('both got it', () => seen.length === 2);
      assert.deepEqual(seen, ['two', 'one']);
    });
  });

  describe(`a subscriber with a name, on MQTT ${protocolVersion === 4 ? '3.1.1' : '5'}`, () => {
    let mosquitto: CrashableMosquitto;
    let broker: MqttBroker;
    let sender: MqttBroker;
    let serial = 0;
    before(async function () {
      const config = ['allow_anonymous true', 'set_tcp_nodelay true', 'max_queued_messages 10000'];
      mosquitto = await startMosquitto(this, { config });
    });
    after(() => mosquitto.stop());
    beforeEach(async () => {
      serial += 1;
      [broker, sender] = [await connected(`c${serial}`), await connected(`s${serial}`)];
    });
    afterEach(() => Promise.all([broker.disconnect(), sender.disconnect()]));
    async function connected(clientId: string): Promise<MqttBroker> {
      const made = new MqttBroker({ host: '127.0.0.1', port: mosquitto.port, protocolVersion, clientId });
      await made.connect();
      return made;
    }
    const send = (topic: string, count: number) =>
      Promise.all(
        Array.from({ length: count }, (_, n) =>
          sender.publish({ topic, body: Buffer.from(String(n)), qos: 1, retain: false, headers: {} }),
        ),
      );
    const into = (seen: Set<string>) => (delivery: Delivery) => {
      seen.add(Buffer.from(delivery.message.body).toString());
      delivery.settle('ack');
    };

    it('that is away for as long as its session is kept holds up nobody, and finds what came', async () => {
      const [away, beside] = [new Set<string>(), new Set<string>()];
      const one = await broker.subscribe('away', into(away), { identity: 'one' });
      await broker.subscribe('beside', into(beside), { identity: 'two' });
      const problems: GridwireError[] = [];
      broker.on('problem', (problem) => problems.push(problem));
      await one.close();
      // More than any window.
      await Promise.all([send('away', 500), send('beside', 500)]);
      await until('the other went on', () => beside.size === 500, 10_000);
      await broker.disconnect();
      broker = await connected(`c${serial}`);
      await broker.subscribe('beside', into(beside), { identity: 'two' });
      await send('away', 1);
      await broker.subscribe('away', into(away), { identity: 'one' });
      await until('all came to the one that is back', () => away.size === 500, 10_000);
      assert.deepEqual(problems, []);
    });

    it('that has another filter after a restart waits for nothing that came by the old one', async () => {
      const seen = new Set<string>();
      await broker.subscribe('old/#', into(seen), { identity: 'node' });
      await broker.disconnect();
      // Another process knows nothing of the old filter.
      sessionFilters(`127.0.0.1:${mosquitto.port}`, `c${serial}-node-in`).gone('node');
      await send('old/1', 300);
      broker = await connected(`c${serial}`);
      const waits: string[] = [];
      broker.on('problem', ({ message }) => waits.push(message));
      await broker.subscribe('new', into(seen), { identity: 'node' });
      await send('new', 300);
      await until('all of the new filter came', () => seen.size === 300);
      assert.ok(waits.every((text) => !text.includes('hold up')));
      assert.match(waits[0] ?? '', /dropped, the first on old\/1/);
    });

    for (const how of ['by a deploy', 'over a restart'])
      it(`that has another filter ${how} gets what came by the old one, as far as it asks for it`, async () => {
        const seen = new Set<string>();
        const old = await broker.subscribe('moved/#', () => undefined, { identity: 'node' });
        await send('moved/1', 20);
        if (how === 'by a deploy') await old.close();
        else await broker.disconnect();
        if (how !== 'by a deploy')
          sessionFilters(`127.0.0.1:${mosquitto.port}`, `c${serial}-node-in`).gone('node');
        await send('moved/1', 60);
        if (how !== 'by a deploy') broker = await connected(`c${serial}`);
        await broker.subscribe('moved/+', into(seen), { identity: 'node' });
        await until('all came', () => seen.size === 60, 10_000);
        // The old filter has been ended at the broker, when that has answered what was asked for after it.
        await broker.subscribe('moved/+', (delivery) => delivery.settle('ack'), { identity: 'node' });
        seen.clear();
        const told: string[] = [];
        broker.on('problem', ({ message }) => told.push(message));
        await send('moved/1/deeper', 1);
        await send('moved/2', 60);
        await until('all of the new filter came', () => seen.size === 60, 10_000);
        // Without ids (3.1.1) an old filter shows only by what comes for nobody: that is told, once.
        if (protocolVersion === 5 || how === 'by a deploy') assert.deepEqual(told, []);
      });

    it('that is gone for good leaves no session at the broker', async () => {
      const seen = new Set<string>();
      const gone = await broker.subscribe('gone', into(seen), { identity: 'gone' });
      await gone.close({ unsubscribe: true });
      const options = {
        host: '127.0.0.1',
        port: mosquitto.port,
        clientId: `c${serial}-gone-in`,
        clean: false,
      };
      const client = mqtt.connect(options);
      const connack = await new Promise<{ sessionPresent: boolean }>((resolve) =>
        client.once('connect', resolve),
      );
      assert.equal(connack.sessionPresent, false);
      await client.endAsync();
    });
  });
}

describe('what a session brings for nobody', () => {
  let server: ScriptedMqttServer;
  let inbound: Inbound;
  let problems: GridwireError[];

  async function start(protocolVersion: 4 | 5, grace: number, clock?: ManualClock) {
    server = new ScriptedMqttServer(protocolVersion, {
      connack: () => ({ sessionPresent: true }),
    });
    await server.start();
    problems = [];
    const settings = { host: '127.0.0.1', port: server.port, protocolVersion, clientId: `c${server.port}` };
    inbound = new Inbound(mqttSettings(settings), (problem) => problems.push(problem), {
      grace,
      ...(clock ? { clock } : {}),
    });
    await inbound.start();
  }
  afterEach(async () => {
    await inbound.stop();
    await server.stop();
  });

  it('ends the subscription of an earlier process that brings it, on MQTT 3.1.1', async () => {
    await start(4, 30);
    await inbound.subscribe('now', () => undefined, {});
    const connection = await server.inboundConnection(0);
    connection.publish(1, 'x', { topic: 'once/upon' });
    const asked = () =>
      connection.received.flatMap((packet) => (packet.cmd === 'unsubscribe' ? packet.unsubscriptions : []));
    await until('it was unsubscribed', () => asked().includes('once/#'));
    assert.ok(!asked().includes('now'));
    await until('it was answered', () => connection.acknowledgements().length === 1);
  });

  it('stands in the way no longer once the time for a return is over', async () => {
    await start(5, 30);
    let seen = 0;
    await inbound.subscribe(
      'now',
      (delivery) => {
        seen += 1;
        delivery.settle('ack');
      },
      {},
    );
    const connection = await server.inboundConnection(0);
    for (let round = 0; round < 50; round += 1) {
      connection.publish(2 * round + 1, 'x', { topic: 'late' });
      connection.publish(2 * round + 2, 'x', { topic: 'now' });
    }
    await until('all were answered', () => connection.acknowledgements().length === 100);
    assert.equal(seen, 50);
  });

  it('keeps its whole time of grace when its subscription closes while another waits', async () => {
    const clock = new ManualClock();
    await start(5, 300, clock);
    await inbound.subscribe('other', () => undefined, {});
    const held: Delivery[] = [];
    const mine = await inbound.subscribe('mine', (delivery) => held.push(delivery), { identity: 'mine' });
    const connection = await server.inboundConnection(0);
    connection.publish(1, 'x', { topic: 'late' });
    connection.publish(2, 'x', { topic: 'mine' });
    await until('it came', () => held.length === 1);
    await clock.pass(250);
    assert.equal(problems.length, 0);
    await mine.close();
    await clock.pass(60);
    await until('the other was given up', () => problems.length === 1);
    assert.deepEqual(problems[0]?.details, { dropped: 1, lost: 1, topic: 'late' });
    await inbound.subscribe('mine', (delivery) => held.push(delivery), { identity: 'mine' });
    await until('mine came back', () => held.length === 2);
  });

  it('is told while it holds up others', async () => {
    const clock = new ManualClock();
    await start(5, 60_000, clock);
    let seen = 0;
    await inbound.subscribe('now', () => void (seen += 1), {});
    const connection = await server.inboundConnection(0);
    connection.publish(1, 'x', { topic: 'late' });
    // What comes after it shows that it is here.
    connection.publish(2, 'x', { topic: 'now' });
    await until('both have come', () => seen === 1);
    await clock.pass(1_900);
    assert.equal(problems.length, 0);
    await clock.pass(200);
    assert.deepEqual(problems[0]?.details, { waiting: 1, topic: 'late' });
  });

  it('is told as given up when its subscription ends, and what is in hand can still be settled', async () => {
    await start(5, 60_000);
    const held: Delivery[] = [];
    const subscription = await inbound.subscribe('t', (delivery) => held.push(delivery), { window: 1 });
    const connection = await server.inboundConnection(0);
    connection.publish(1, 'a');
    connection.publish(2, 'b');
    await until('one is in hand', () => held.length === 1);
    const closed = subscription.close({ unsubscribe: true });
    await until('it was told', () => problems.length === 1);
    assert.deepEqual(problems[0]?.details, { dropped: 1, lost: 1, topic: 't' });
    assert.deepEqual(connection.acknowledgements(), []);
    held[0]?.settle('ack');
    await until('both were answered', () => connection.acknowledgements().length === 2);
    assert.deepEqual(connection.acknowledgements(), ['puback 1', 'puback 2 131']);
    await closed;
  });
});

describe('a subscription that is refused late', () => {
  it('is told to its node and to the broker', async () => {
    const server = new ScriptedMqttServer(5, { suback: () => undefined });
    await server.start();
    const problems: string[] = [];
    const settings = { host: '127.0.0.1', port: server.port, protocolVersion: 5 as const, clientId: 'late' };
    const inbound = new Inbound(mqttSettings({ ...settings, connectTimeout: 200 }), ({ code }) =>
      problems.push(code),
    );
    await inbound.start();
    await inbound.subscribe('t', () => undefined, { onProblem: ({ code }) => problems.push(`node ${code}`) });
    assert.deepEqual(problems, []);
    const connection = await server.inboundConnection(0);
    const asked = connection.received.find(({ cmd }) => cmd === 'subscribe');
    connection.send({ cmd: 'suback', granted: [0x87], messageId: asked?.messageId as number });
    await until('it was told', () => problems.length === 2);
    assert.deepEqual(problems, ['SUBSCRIBE_REFUSED', 'node SUBSCRIBE_REFUSED']);
    await inbound.stop();
    await server.stop();
  });
});
