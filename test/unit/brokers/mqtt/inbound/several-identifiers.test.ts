import assert from 'node:assert/strict';
import { MqttBroker } from '../../../../../src/brokers/mqtt/mqtt-broker.js';
import { identifierOf } from '../../../../../src/brokers/mqtt/inbound/filter-table.js';
import type { Delivery } from '../../../../../src/brokers/broker.js';
import { ScriptedMqttServer } from '../../../../support/scripted-mqtt-server.js';
import { until } from '../../../../support/wait.js';

const FILTERS = ['a/#', 'a/+', 'a/b'];

/** A broker may send one packet for all subscriptions that overlap (HiveMQ, EMQX), or one for each (Mosquitto). */
describe('MQTT 5: a message that names several subscriptions', () => {
  let server: ScriptedMqttServer;
  let broker: MqttBroker;
  const came = new Map<string, Delivery[]>();

  before(async () => {
    server = new ScriptedMqttServer(5);
    await server.start();
    broker = new MqttBroker({ host: '127.0.0.1', port: server.port, protocolVersion: 5, clientId: 'c' });
    await broker.connect();
    for (const filter of FILTERS) {
      const deliveries: Delivery[] = [];
      came.set(filter, deliveries);
      await broker.subscribe(filter, (delivery) => deliveries.push(delivery), { qos: 1 });
    }
  });
  after(async () => {
    await broker.disconnect();
    await server.stop();
  });

  it('is one delivery for each that it names, none for the others, and acknowledged when all have settled it', async () => {
    const connection = await server.inboundConnection(0);
    const send = (messageId: number, ...named: string[]): void =>
      connection.send({
        ...{
          cmd: 'publish',
          topic: 'a/b',
          payload: `${messageId}`,
          qos: 1,
          dup: false,
          retain: false,
          messageId,
        },
        properties: { subscriptionIdentifier: named.map(identifierOf) as unknown as number },
      });
    const counts = (): number[] => FILTERS.map((filter) => came.get(filter)?.length ?? 0);
    send(1, 'a/#', 'a/b');
    send(2, 'a/+');
    await until('all came', () => counts().reduce((sum, count) => sum + count) >= 3);
    assert.deepEqual(counts(), [1, 1, 1]);
    came.get('a/#')?.[0]?.settle('ack');
    came.get('a/+')?.[0]?.settle('ack');
    assert.deepEqual(connection.acknowledgements(), []);
    came.get('a/b')?.[0]?.settle('ack');
    await until('both are acknowledged', () => connection.acknowledgements().length === 2);
    assert.deepEqual(connection.acknowledgements(), ['puback 1', 'puback 2']);
  });
});
