import { GridwireError } from '../../errors.js';
import type { Json, JsonObject } from '../../event.js';
import { substituteVariables } from '../../variables.js';
import { isObject } from '../json-value.js';
import { parseYaml } from '../yaml.js';

/** One entry of CELINE's `brokers.yaml`, as settings for a broker node. */
export interface BrokerEntry {
  name: string;
  enabled: boolean;
  transport: 'mqtt' | 'kafka';
  host: string;
  port: number;
  clientId: string;
  username: string;
  password: string;
  topicPrefix: string;
  keepalive: number;
  cleanSession: boolean;
  tls: boolean;
  /** Paths as they stand in the file, for the TLS settings node. */
  caFile: string;
  certFile: string;
  keyFile: string;
}

export interface BrokersFile {
  brokers: BrokerEntry[];
  /** The broker that takes what names none. */
  defaultBroker: string | undefined;
}

const TRUTH: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  false: false,
  no: false,
  off: false,
};

/**
 * Reads `config/brokers.yaml` as the CELINE document shows it, environment variables included.
 * @param lookUp the value of an environment variable
 * @throws GridwireError `CONTRACT_INVALID` or `SETTING_INVALID`, naming the broker and the setting
 */
export function readBrokersFile(text: string, lookUp: (name: string) => string | undefined): BrokersFile {
  // After reading, so that a password cannot become structure.
  const document = substituteIn(parseYaml(text), lookUp);
  if (!isObject(document) || !isObject(document['brokers'])) {
    throw new GridwireError(
      'CONTRACT_INVALID',
      'The file has no list "brokers"; give the content of brokers.yaml.',
    );
  }
  const brokers = Object.entries(document['brokers']).map(([name, entry]) => brokerEntry(name, entry));
  const defaultBroker = document['default_broker'];
  if (defaultBroker === undefined || defaultBroker === null) return { brokers, defaultBroker: undefined };
  if (!brokers.some(({ name }) => name === defaultBroker)) {
    throw new GridwireError(
      'SETTING_INVALID',
      `"default_broker" names ${JSON.stringify(defaultBroker)}, which the file does not define.`,
    );
  }
  return { brokers, defaultBroker: defaultBroker as string };
}

function substituteIn(value: Json, lookUp: (name: string) => string | undefined): Json {
  if (typeof value === 'string') return substituteVariables(value, lookUp);
  if (Array.isArray(value)) return value.map((item) => substituteIn(item, lookUp));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, substituteIn(member, lookUp)]),
  );
}

function brokerEntry(name: string, entry: Json): BrokerEntry {
  if (!isObject(entry)) throw invalid(name, 'entry', 'an object');
  const config = entry['config'] ?? {};
  if (!isObject(config)) throw invalid(name, 'config', 'an object');
  const kafka = config['bootstrap_servers'] !== undefined;
  const tls = flag(name, config, 'use_tls', false);
  const [host, port] = kafka
    ? firstServer(text(name, config, 'bootstrap_servers', ''))
    : [undefined, undefined];
  return {
    name,
    enabled: flag(name, entry, 'enabled', true),
    transport: kafka ? 'kafka' : 'mqtt',
    host: host ?? text(name, config, 'host', 'localhost'),
    port: wholeNumber(name, { port: port ?? config['port'] ?? (tls ? 8883 : 1883) }, 'port', 1, 65_535),
    clientId: text(name, config, 'client_id', ''),
    username: text(name, config, 'username', ''),
    password: text(name, config, 'password', ''),
    topicPrefix: text(name, config, 'topic_prefix', ''),
    keepalive: wholeNumber(name, { keepalive: config['keepalive'] ?? 60 }, 'keepalive', 0, 65_535),
    cleanSession: flag(name, config, 'clean_session', true),
    tls,
    caFile: text(name, config, 'ca_certs', ''),
    certFile: text(name, config, 'certfile', ''),
    keyFile: text(name, config, 'keyfile', ''),
  };
}

function firstServer(servers: string): [host: string, port: string] {
  const [host = '', port = '9092'] = (servers.split(',')[0] ?? '').trim().split(':');
  return [host, port];
}

function text(broker: string, config: JsonObject, name: string, otherwise: string): string {
  const value = config[name] ?? otherwise;
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw invalid(broker, name, 'a text');
}

function flag(broker: string, config: JsonObject, name: string, otherwise: boolean): boolean {
  const value = config[name] ?? otherwise;
  const known = typeof value === 'string' ? TRUTH[value.toLowerCase()] : value;
  if (typeof known !== 'boolean') throw invalid(broker, name, 'true or false');
  return known;
}

function wholeNumber(
  broker: string,
  config: JsonObject,
  name: string,
  minimum: number,
  maximum: number,
): number {
  const value = Number(config[name]);
  if (Number.isInteger(value) && value >= minimum && value <= maximum) return value;
  throw invalid(broker, name, `a whole number from ${minimum} to ${maximum}`);
}

function invalid(broker: string, name: string, expected: string): GridwireError {
  return new GridwireError(
    'SETTING_INVALID',
    `Broker "${broker}" of the file: "${name}" must be ${expected}.`,
  );
}
