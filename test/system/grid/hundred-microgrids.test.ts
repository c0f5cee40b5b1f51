import assert from 'node:assert/strict';
import { startKafka, startMosquitto } from '../../../scripts/services/index.js';
import type { Broker } from '../../../src/brokers/broker.js';
import { KafkaBroker } from '../../../src/brokers/kafka/kafka-broker.js';
import { MemoryBroker } from '../../../src/brokers/memory/memory-broker.js';
import { MqttBroker } from '../../../src/brokers/mqtt/mqtt-broker.js';
import { BUILT_IN_ENVIRONMENTS, GridEnvironment } from '../../../src/grid/index.js';
import { DeviceAgent } from '../../../nodes/grid-device/device-agent.js';
import { GridExchange } from '../../../nodes/grid-sim/exchange.js';
import { GridChannels } from '../../../nodes/shared/grid-channels.js';

/** A machine under load must not turn a slow step into a silent device. */
const DEADLINE = 60_000;
const STEPS = 10;

interface Station {
  /** A client of its own for each side, as on two machines. */
  create(clientId: string): Broker;
  stop(): Promise<void>;
}

const STATIONS: Record<string, () => Promise<Station>> = {
  memory: () =>
    Promise.resolve({
      create: (clientId) => new MemoryBroker({ name: 'hundred-microgrids', clientId }),
      stop: () => Promise.resolve(),
    }),
  MQTT: async () => {
    const mosquitto = await startMosquitto();
    const url = mosquitto.env['GRIDWIRE_MQTT_URL'] ?? '';
    return { create: (clientId) => new MqttBroker({ url, clientId }), stop: () => mosquitto.stop() };
  },
  Kafka: async () => {
    const kafka = await startKafka();
    const brokers = kafka.brokers.split(',');
    return {
      create: (clientId) =>
        new KafkaBroker({ brokers, clientId, createTopics: { partitions: 1, replicas: 1 } }),
      stop: () => kafka.stop(),
    };
  },
};

describe('a hundred microgrids with five devices each', function () {
  this.timeout(600_000);

  for (const [name, start] of Object.entries(STATIONS)) {
    it(`take ${STEPS} steps on ${name}, every device answering, with the result of one piece`, async () => {
      const station = await start();
      const config = BUILT_IN_ENVIRONMENTS['hundred-microgrids']();
      const brokers = [station.create('simulation'), station.create('devices')] as const;
      const faults: unknown[] = [];
      const fault = (error: unknown): void => void faults.push(error);
      try {
        await Promise.all(brokers.map((broker) => broker.connect()));
        const [here, there] = brokers.map((broker) => new GridChannels(broker, 'env_0', ''));
        const devices = new DeviceAgent(there!, new GridEnvironment(config), config, '', '');
        await devices.start(() => undefined, fault);
        assert.equal(devices.deviceCount, 500);
        const exchange = new GridExchange(here!, new GridEnvironment(config), DEADLINE, fault);
        const whole = new GridEnvironment(config);
        const begin = performance.now();
        for (let step = 0; step < STEPS; step++) {
          const result = await exchange.step({});
          assert.deepEqual(result.silent, []);
          assert.deepEqual(result, whole.step({}));
        }
        const rate = (1000 * STEPS) / (performance.now() - begin);
        console.log(`      ${rate.toFixed(1)} steps/s of 700 messages`);
        await exchange.stop(true);
        await devices.stop(true);
      } finally {
        await Promise.all(brokers.map((broker) => broker.disconnect()));
        await station.stop();
      }
      assert.deepEqual(faults, []);
    });
  }
});
