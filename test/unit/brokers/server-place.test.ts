import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import type { Broker } from '../../../src/brokers/broker.js';
import { KafkaBroker } from '../../../src/brokers/kafka/kafka-broker.js';
import { MemoryBroker } from '../../../src/brokers/memory/memory-broker.js';
import { MqttBroker } from '../../../src/brokers/mqtt/mqtt-broker.js';
import { isSamePlace } from '../../../src/brokers/server-place.js';

const mqtt = (host: string, port = 1883): Broker => new MqttBroker({ host, port });
const kafka = (...brokers: string[]): Broker => new KafkaBroker({ brokers, clientId: 'place' });
const memory = (name: string): Broker => new MemoryBroker({ name });

describe('Two brokers are one place', () => {
  const same: [string, Broker, Broker][] = [
    ['localhost and 127.0.0.1', mqtt('localhost'), mqtt('127.0.0.1')],
    ['localhost and ::1', mqtt('LocalHost.'), mqtt('::1')],
    ['127.0.0.1 and ::1', mqtt('127.0.0.1'), mqtt('0:0:0:0:0:0:0:1')],
    ['an address in a url', new MqttBroker({ url: 'mqtt://[::1]:1883' }), mqtt('127.1')],
    ['IPv4 in IPv6', mqtt('::ffff:127.0.0.1'), mqtt('localhost')],
    ['IPv4 in IPv6 elsewhere', mqtt('::ffff:192.0.2.1'), mqtt('192.0.2.1')],
    ['any address of this machine', mqtt('0.0.0.0'), mqtt('::')],
    ['the name of this machine', mqtt(hostname()), mqtt('localhost')],
    ['capitals and a dot at the end', mqtt('Broker.Example.'), mqtt('broker.example')],
    ['one of the servers', kafka('a.example:9092', 'b.example:9092'), kafka('B.example:9092')],
    ['localhost of Kafka', kafka('localhost:9092'), kafka('127.0.0.1:9092')],
    ['one memory', memory('a'), memory('a')],
  ];
  for (const [what, one, other] of same)
    it(what, () => {
      assert.ok(isSamePlace(one.address, other.address), `${one.address} and ${other.address}`);
    });

  const different: [string, Broker, Broker][] = [
    ['ports', mqtt('localhost', 1883), mqtt('127.0.0.1', 1884)],
    ['hosts', mqtt('a.example'), mqtt('b.example')],
    ['servers', kafka('a.example:9092'), kafka('b.example:9092')],
    ['memories', memory('a,b'), memory('b')],
    ['a memory and a server', memory('localhost:1883'), mqtt('localhost')],
  ];
  for (const [what, one, other] of different)
    it(`and are not with different ${what}`, () => {
      assert.ok(!isSamePlace(one.address, other.address), `${one.address} and ${other.address}`);
    });
});
