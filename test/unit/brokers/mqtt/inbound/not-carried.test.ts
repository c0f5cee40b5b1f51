import assert from 'node:assert/strict';
import mqtt from 'mqtt';
import { MqttBroker } from '../../../../../src/brokers/mqtt/mqtt-broker.js';
import type { GridwireError } from '../../../../../src/errors.js';
import { startMosquitto } from '../../../../support/mosquitto.js';
import { until } from '../../../../support/wait.js';

describe('what an MQTT 5 message has and Gridwire does not carry', () => {
  it('is told once for each part, and the message comes as it is without', async function () {
    const mosquitto = await startMosquitto(this);
    const broker = new MqttBroker({ host: '127.0.0.1', port: mosquitto.port, protocolVersion: 5 });
    const sender = await mqtt.connectAsync(`mqtt://127.0.0.1:${mosquitto.port}`, { protocolVersion: 5 });
    try {
      const problems: GridwireError[] = [];
      const bodies: string[] = [];
      broker.on('problem', (problem) => problems.push(problem));
      await broker.connect();
      await broker.subscribe('requests/#', (delivery) => {
        bodies.push(Buffer.from(delivery.message.body).toString());
        delivery.settle('ack');
      });
      const request = { responseTopic: 'answers', correlationData: Buffer.from('7') };
      await sender.publishAsync('requests/a', '1', { qos: 1, properties: { responseTopic: 'answers' } });
      await sender.publishAsync('requests/b', '2', { qos: 1, properties: request });
      await sender.publishAsync('requests/c', '3', { qos: 1 });
      await until('the three requests', () => bodies.length === 3);
      assert.deepEqual(bodies, ['1', '2', '3']);
      assert.deepEqual(
        problems.map(({ code, details }) => [code, details]),
        [
          ['NOT_SUPPORTED', { topic: 'requests/a', part: 'responseTopic' }],
          ['NOT_SUPPORTED', { topic: 'requests/b', part: 'correlationData' }],
        ],
      );
    } finally {
      await sender.endAsync();
      await broker.disconnect();
      await mosquitto.stop();
    }
  });
});
