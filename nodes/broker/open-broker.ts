import type { Node } from 'node-red';
import type { ConnectionOptions } from 'node:tls';
import type { Broker } from '../../src/brokers/broker.js';
import { MemoryBroker } from '../../src/brokers/memory/memory-broker.js';
import { once } from '../../src/once.js';
import type { Settings } from '../runtime/settings.js';
import type * as OpenKafka from './open-kafka.js';
import type * as Mqtt from '../../src/brokers/mqtt/mqtt-broker.js';

/** Node-RED's own `tls-config` node. */
interface TlsNode extends Node {
  addTLSOptions(options: ConnectionOptions): ConnectionOptions;
}

// The packages of MQTT and Kafka are most of what a start of Gridwire takes; only who uses one loads it.
/* eslint-disable @typescript-eslint/no-require-imports -- loaded when needed, and at once */
const mqtt = once(() => require('../../src/brokers/mqtt/mqtt-broker.js') as typeof Mqtt);
const kafka = once(() => require('./open-kafka.js') as typeof OpenKafka);
/* eslint-enable @typescript-eslint/no-require-imports */

/** Makes the broker that a config node's settings describe; books a fault for every field that cannot work. */
export function openBroker(settings: Settings): Broker | undefined {
  return OPEN[settings.choice('transport', ['memory', 'mqtt', 'kafka'], 'memory')](settings);
}

const OPEN = {
  memory: openMemory,
  mqtt: openMqtt,
  kafka: (settings: Settings) =>
    kafka().openKafka(settings, settings.flag('useTls', false) ? tlsOptions(settings) : false),
};

function openMemory(settings: Settings): Broker | undefined {
  const name = settings.text('memoryName');
  const latency = settings.integer('latency', { minimum: 0, maximum: 60_000, otherwise: 0 });
  return settings.check('memoryName', () => new MemoryBroker({ latency, ...(name === '' ? {} : { name }) }));
}

function openMqtt(settings: Settings): Broker | undefined {
  const host = settings.required('host', 'The host name of the broker');
  const tls = settings.flag('useTls', false) ? tlsOptions(settings) : false;
  const port = settings.integer('port', {
    minimum: 1,
    maximum: 65_535,
    otherwise: tls === false ? 1883 : 8883,
  });
  const protocolVersion = Number(settings.choice('protocolVersion', ['4', '5'], '4')) as 4 | 5;
  const clientId = settings.text('clientId');
  const cleanSession = settings.flag('cleanSession', true);
  if (!cleanSession && clientId === '')
    settings.fault('clientId', 'a session that is kept needs a client id of its own.');
  const keepalive = settings.integer('keepalive', { minimum: 0, maximum: 65_535, otherwise: 60 });
  const minimum = settings.integer('reconnectMinimum', { minimum: 1, maximum: 3600, otherwise: 1 });
  const maximum = settings.integer('reconnectMaximum', { minimum: 1, maximum: 3600, otherwise: 60 });
  if (maximum < minimum) settings.fault('reconnectMaximum', 'must not be less than the shortest wait.');
  const largest = settings.integer('largestMessage', { minimum: 1, maximum: 262_144, otherwise: 8_192 });
  const username = settings.credential('username');
  const password = settings.credential('password');
  if (password !== undefined && username === undefined)
    settings.fault('username', 'a password needs a user name.');
  if (settings.hasFaults) return undefined;
  return settings.check('transport', () => {
    return new (mqtt().MqttBroker)({
      host,
      port,
      protocolVersion,
      tls,
      keepalive,
      cleanSession,
      maximumPacketSize: Math.min(largest * 1024, 268_435_460),
      reconnect: { minimum: minimum * 1000, maximum: maximum * 1000 },
      ...(clientId === '' ? {} : { clientId }),
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
    });
  });
}

/** TLS by Node-RED's own settings; without them, the system's certificate authorities. */
function tlsOptions(settings: Settings): true | ConnectionOptions {
  if (settings.text('tls') === '') return true;
  return settings.configNode<TlsNode>('tls', 'tls-config', 'a TLS configuration')?.addTLSOptions({}) ?? true;
}
