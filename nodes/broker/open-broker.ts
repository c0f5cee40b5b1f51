import type { Node } from 'node-red';
import type { ConnectionOptions } from 'node:tls';
import type { Broker } from '../../src/brokers/broker.js';
import { MemoryBroker } from '../../src/brokers/memory/memory-broker.js';
import type { MqttSettings } from '../../src/brokers/mqtt/connection/mqtt-settings.js';
import { loadLater } from '../runtime/load-later.js';
import type { Settings } from '../runtime/settings.js';
import { statusMessage, userProperties } from './mqtt-messages.js';
import type * as OpenKafka from './open-kafka.js';
import type * as Mqtt from '../../src/brokers/mqtt/mqtt-broker.js';

const MOMENTS = ['birth', 'close', 'will'] as const;
/** Seconds. */
const WEEK = 7 * 24 * 3600;

/** Node-RED's own `tls-config` node. */
interface TlsNode extends Node {
  addTLSOptions(options: ConnectionOptions): ConnectionOptions;
}

// The packages of MQTT and Kafka are most of what a start of Gridwire takes; only who uses one loads it.
const mqtt = loadLater(() => require('../../src/brokers/mqtt/mqtt-broker.js') as typeof Mqtt);
const kafka = loadLater(() => require('./open-kafka.js') as typeof OpenKafka);

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
  const which = name === '' ? { owner: settings.nodeId } : { name };
  return settings.check('memoryName', () => new MemoryBroker({ latency, ...which }));
}

function openMqtt(settings: Settings): Broker | undefined {
  const address = addressOf(settings);
  const protocolVersion = Number(settings.choice('protocolVersion', ['4', '5'], '4')) as 4 | 5;
  const clientId = settings.text('clientId');
  const cleanSession = settings.flag('cleanSession', true);
  if (!cleanSession && clientId === '')
    settings.fault('clientId', 'a session that is kept needs a client id of its own.');
  const keepalive = settings.integer('keepalive', { minimum: 0, maximum: 65_535, otherwise: 60 });
  const minimum = settings.integer('reconnectMinimum', { minimum: 1, maximum: 3600, otherwise: 1 });
  const maximum = settings.integer('reconnectMaximum', { minimum: 1, maximum: 3600, otherwise: 60 });
  if (maximum < minimum) settings.fault('reconnectMaximum', 'must not be less than the shortest wait.');
  const receiveWindow = settings.integer('receiveMaximum', { minimum: 1, maximum: 65_535, otherwise: 200 });
  const sessionExpiry = settings.integer('sessionExpiry', {
    minimum: 0,
    maximum: 0xffff_ffff,
    otherwise: WEEK,
  });
  const properties = protocolVersion === 5 ? userProperties(settings) : undefined;
  const [birth, close, will] = MOMENTS.map((moment) => statusMessage(settings, moment));
  const largest = settings.integer('largestMessage', { minimum: 1, maximum: 262_144, otherwise: 8_192 });
  const username = settings.credential('username');
  const password = settings.credential('password');
  if (password !== undefined && username === undefined)
    settings.fault('username', 'a password needs a user name.');
  if (settings.hasFaults) return undefined;
  return settings.check('transport', () => {
    return new (mqtt().MqttBroker)({
      ...address,
      protocolVersion,
      receiveWindow,
      sessionExpiry,
      keepalive,
      cleanSession,
      maximumPacketSize: Math.min(largest * 1024, 268_435_460),
      reconnect: { minimum: minimum * 1000, maximum: maximum * 1000 },
      ...(clientId === '' ? {} : { clientId }),
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(properties === undefined ? {} : { userProperties: properties }),
      ...(birth === undefined ? {} : { birth }),
      ...(close === undefined ? {} : { close }),
      ...(will === undefined ? {} : { will }),
    });
  });
}

/**
 * Where an MQTT broker is. The host may be an address with a scheme (`wss://host:443/mqtt`), which says the port and
 * whether there is TLS; else the fields for these do.
 */
export function addressOf(settings: Settings): Pick<MqttSettings, 'url' | 'host' | 'port' | 'tls'> {
  const host = settings.required('host', 'The host name of the broker');
  const useTls = settings.flag('useTls', false);
  const [, scheme] = /^([a-z]+):\/\//i.exec(host) ?? [];
  if (scheme !== undefined) {
    const isSecure = /s$/i.test(scheme.replace(/^ws$/i, ''));
    if (useTls && !isSecure)
      settings.fault(
        'useTls',
        `an address that begins with ${scheme}:// is without TLS; write ${scheme}s://.`,
      );
    return { url: host, tls: isSecure ? tlsOptions(settings) : false };
  }
  const [, named, port] = /^([^:[\]]+):(\d+)$/.exec(host) ?? [];
  if (named !== undefined)
    settings.fault('host', `has the port in it; write "${named}" here and ${port} in the field Port.`);
  const tls = useTls ? tlsOptions(settings) : false;
  const otherwise = tls === false ? 1883 : 8883;
  return {
    // An IPv6 address may be written as in an address of the web.
    host: host.replace(/^\[(.*)\]$/, '$1'),
    port: settings.integer('port', { minimum: 1, maximum: 65_535, otherwise }),
    tls,
  };
}

/** TLS by Node-RED's own settings; without them, the system's certificate authorities. */
export function tlsOptions(settings: Settings): true | ConnectionOptions {
  if (settings.text('tls') === '') return true;
  return settings.configNode<TlsNode>('tls', 'tls-config', 'a TLS configuration')?.addTLSOptions({}) ?? true;
}
