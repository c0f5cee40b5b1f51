import assert from 'node:assert/strict';
import type { Broker, SubscribeOptions } from '../../../../../src/brokers/broker.js';
import { MqttBroker } from '../../../../../src/brokers/mqtt/mqtt-broker.js';
import type { MqttSettings } from '../../../../../src/brokers/mqtt/connection/mqtt-settings.js';
import type { WireMessage } from '../../../../../src/event.js';
import { startMosquitto, type CrashableMosquitto } from '../../../../support/mosquitto.js';
import { until } from '../../../../support/wait.js';

for (const protocolVersion of [4, 5] as const) {
  for (const cleanSession of [true, false]) {
    const name = `retained values on MQTT ${protocolVersion === 4 ? '3.1.1' : '5'}, session ${cleanSession ? 'clean' : 'kept'}`;
    describe(name, () => {
      let mosquitto: CrashableMosquitto;
      let sender: MqttBroker;
      let brokers: Broker[] = [];
      let serial = 0;

      before(async function () {
        mosquitto = await startMosquitto(this, { config: ['allow_anonymous true', 'set_tcp_nodelay true'] });
      });
      after(() => mosquitto.stop());
      beforeEach(async () => {
        serial += 1;
        sender = await connected({ clientId: `sender${serial}`, cleanSession: true });
      });
      afterEach(async () => {
        await Promise.all(brokers.map((broker) => broker.disconnect()));
        brokers = [];
      });

      async function connected(settings: Partial<MqttSettings> = {}): Promise<MqttBroker> {
        const clientId = cleanSession ? {} : { clientId: `c${serial}` };
        const address = { host: '127.0.0.1', port: mosquitto.port };
        const broker = new MqttBroker({
          ...address,
          protocolVersion,
          cleanSession,
          ...clientId,
          ...settings,
        });
        brokers.push(broker);
        await broker.connect();
        return broker;
      }
      const send = (topic: string, text: string, rules: Partial<WireMessage> = {}) =>
        sender.publish({
          topic: `r${serial}/${topic}`,
          body: Buffer.from(text),
          qos: 1,
          retain: true,
          headers: {},
          ...rules,
        });

      async function listen(broker: Broker, identity: string, options: SubscribeOptions = {}) {
        const seen: string[] = [];
        const subscription = await broker.subscribe(
          `r${serial}/#`,
          (delivery) => {
            seen.push(
              `${delivery.message.topic.split('/')[1]} ${Buffer.from(delivery.message.body).toString()}`,
            );
            delivery.settle('ack');
          },
          { identity, ...options },
        );
        return { seen, subscription };
      }
      /** The broker answers in order: what it had to send before this has come. */
      async function settled(...lists: string[][]): Promise<void> {
        await send('end', `${(serial += 0)}${Math.round(performance.now())}`, { retain: false });
        await until(
          'the end came',
          () => lists.every((list) => list.some((line) => line.startsWith('end '))),
          10_000,
        );
      }

      it('reach each of several subscribers once', async () => {
        for (const topic of ['a', 'b']) await send(topic, '1');
        const broker = await connected();
        const first = await listen(broker, 'one');
        const second = await listen(broker, 'two');
        const third = await listen(broker, 'three');
        await settled(first.seen, second.seen, third.seen);
        // Nobody promises in which order the values of different topics come.
        for (const { seen } of [first, second, third])
          assert.deepEqual(seen.slice(0, 2).sort(), ['a 1', 'b 1']);
        for (const { seen } of [first, second, third]) assert.equal(seen.length, 3);
      });

      it('are not processed anew by a deploy, whatever it makes anew; changed ones are', async () => {
        for (const topic of ['a', 'b']) await send(topic, '1');
        const broker = await connected();
        const first = await listen(broker, 'one');
        await until('both came', () => first.seen.length === 2);
        await send('a', '2');
        await until('the change came', () => first.seen.length === 3);
        await first.subscription.close();
        const again = await listen(broker, 'one');
        await settled(again.seen);
        assert.equal(again.seen.length, 1);
        await broker.disconnect();
        await send('b', '3');
        const anew = await connected();
        const last = await listen(anew, 'one');
        await settled(last.seen);
        assert.deepEqual(
          last.seen.filter((line) => !line.startsWith('end')),
          ['b 3'],
        );
      });

      if (protocolVersion === 5)
        it('are changed ones too where only a header, the key or the content type is another one', async () => {
          const rest = { headers: { unit: 'kW' }, key: 'k', contentType: 'text/plain' };
          for (const topic of ['a', 'b', 'c', 'd']) await send(topic, '1', rest);
          const broker = await connected();
          const first = await listen(broker, 'one');
          await until('all came', () => first.seen.length === 4);
          await first.subscription.close({ unsubscribe: false });
          await broker.disconnect();
          await send('a', '1', { ...rest, headers: { unit: 'MW' } });
          await send('b', '1', { ...rest, key: 'l' });
          await send('c', '1', { ...rest, contentType: 'text/csv' });
          const anew = await connected();
          const { seen } = await listen(anew, 'one');
          await settled(seen);
          assert.deepEqual(
            seen.filter((line) => !line.startsWith('end')),
            ['a 1', 'b 1', 'c 1'],
          );
        });

      it('are new for a subscriber that has not finished with them, and for another filter', async () => {
        await send('a', '1');
        const broker = await connected();
        let came = 0;
        const held = await broker.subscribe(`r${serial}/#`, () => (came += 1), { identity: 'one' });
        await until('it came', () => came === 1);
        await held.close();
        await broker.disconnect();
        const anew = await connected();
        const { seen } = await listen(anew, 'one');
        await settled(seen);
        assert.equal(seen[0], 'a 1');
        const narrow: string[] = [];
        await anew.subscribe(
          `r${serial}/a`,
          (delivery) => {
            narrow.push(delivery.message.topic);
            delivery.settle('ack');
          },
          { identity: 'other' },
        );
        await until('the value came to the other filter', () => narrow.length === 1);
      });
    });
  }
}
