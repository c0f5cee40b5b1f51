import assert from 'node:assert/strict';
import type { Broker } from '../../../src/brokers/broker.js';
import { KafkaBroker } from '../../../src/brokers/kafka/kafka-broker.js';
import { MemoryBroker } from '../../../src/brokers/memory/memory-broker.js';
import { MqttBroker } from '../../../src/brokers/mqtt/mqtt-broker.js';
import { BUILT_IN_ENVIRONMENTS, GridEnvironment } from '../../../src/grid/index.js';
import { DeviceAgent } from '../../../nodes/grid-device/device-agent.js';
import { GridExchange } from '../../../nodes/grid-sim/exchange.js';
import { GridChannels } from '../../../nodes/messages/grid-channels.js';

/** A machine under load must not turn a slow step into a silent device. */
const DEADLINE = 60_000;
const STEPS = 10;

/** Makes a broker client by name, as on two machines; undefined where the suite was given no such broker. */
type Clients = ((clientId: string) => Broker) | undefined;

const { GRIDWIRE_MQTT_URL: url, GRIDWIRE_KAFKA_BROKERS: kafka } = process.env;

const CLIENTS: Record<string, Clients> = {
  memory: (clientId) => new MemoryBroker({ name: 'hundred-microgrids', clientId }),
  MQTT: url ? (clientId) => new MqttBroker({ url, clientId }) : undefined,
  Kafka: kafka
    ? (clientId) =>
        new KafkaBroker({
          ...{ brokers: kafka.split(','), clientId, createTopics: { partitions: 1, replicas: 1 } },
        })
    : undefined,
};

/** The brokers are shared with other suites and runs. */
const ENVIRONMENT = `hundred-${process.pid}-${Date.now()}`;

describe('a hundred microgrids with five devices each', function () {
  this.timeout(600_000);

  for (const [name, client] of Object.entries(CLIENTS)) {
    it(`take ${STEPS} steps on ${name}, every device answering, with the result of one piece`, async function () {
      if (client === undefined) {
        console.log(`      skipped: the suite was given no ${name}`);
        this.skip();
      }
      const config = BUILT_IN_ENVIRONMENTS['hundred-microgrids']();
      const brokers = [client(`${ENVIRONMENT}-simulation`), client(`${ENVIRONMENT}-devices`)] as const;
      const faults: unknown[] = [];
      const fault = (error: unknown): void => void faults.push(error);
      try {
        await Promise.all(brokers.map((broker) => broker.connect()));
        const [here, there] = brokers.map((broker) => new GridChannels(broker, ENVIRONMENT, ''));
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
      }
      assert.deepEqual(faults, []);
    });
  }
});
