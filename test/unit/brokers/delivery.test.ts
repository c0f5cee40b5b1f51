import { MemoryBroker } from '../../../src/brokers/memory/memory-broker.js';
import { MqttBroker } from '../../../src/brokers/mqtt/mqtt-broker.js';
import { startMosquitto } from '../../support/mosquitto.js';
import { deliverySuite } from './delivery-suite.js';

deliverySuite('memory', () =>
  Promise.resolve({
    create: (clientId) => new MemoryBroker({ name: 'delivery-suite', clientId }),
    stop: () => Promise.resolve(),
  }),
);

for (const protocolVersion of [4, 5] as const) {
  deliverySuite(`MQTT ${protocolVersion === 4 ? '3.1.1' : '5'} (Mosquitto)`, async (context) => {
    const mosquitto = await startMosquitto(context, {
      config: ['allow_anonymous true', 'set_tcp_nodelay true'],
    });
    return {
      create: (clientId) =>
        new MqttBroker({
          host: '127.0.0.1',
          port: mosquitto.port,
          protocolVersion,
          clientId,
          reconnect: { minimum: 20, maximum: 200 },
        }),
      stop: () => mosquitto.stop(),
    };
  });
}
