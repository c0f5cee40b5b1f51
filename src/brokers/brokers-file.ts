import { BOUNDS } from '../bounds.js';
import { GridwireError } from '../errors.js';
import type { Json, JsonObject } from '../event.js';
import { wholeNumber as writtenNumber } from '../written.js';
import { hasVariable, substituteVariables } from '../variables.js';
import { isObject } from '../contracts/json/json-value.js';
import { parseYaml } from '../contracts/json/yaml.js';

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
  /** Kafka: all bootstrap servers, separated by commas; `''` for MQTT. */
  servers: string;
  /** What the file takes from the environment: setting, as the file names it, and text with its `${VAR:-default}`. */
  variables: Record<string, string>;
  /**
   * Those of them that no broker node can take as a variable, so that their value of today was taken: truth values and
   * files.
   */
  decided: string[];
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
  1: true,
  false: false,
  no: false,
  off: false,
  0: false,
};

/** What a broker node cannot take from a variable. */
const NO_VARIABLES = new Set(['enabled', 'use_tls', 'clean_session', 'ca_certs', 'certfile', 'keyfile']);

/** What CELINE's code reads of an entry and of its `config`; the times of reconnecting are Gridwire's own. */
const ENTRY_SETTINGS = new Set(['class', 'enabled', 'config']);
const CONFIG_SETTINGS = new Set([
  ...['host', 'port', 'bootstrap_servers', 'client_id', 'username', 'password'],
  ...['use_tls', 'ca_certs', 'certfile', 'keyfile', 'keepalive', 'clean_session', 'topic_prefix'],
  ...['reconnect_interval', 'max_reconnect_attempts', 'token_refresh_margin'],
]);

const FILE_SETTINGS = new Set(['brokers', 'default_broker']);

type LookUp = (name: string) => string | undefined;

/**
 * Reads `config/brokers.yaml` as the CELINE document shows it, environment variables included.
 * @param lookUp the value of an environment variable. Whoever shows the result to somebody who may not see the
 *   environment gives none, and has the variables' texts in `variables`
 * @param unset what an unset variable without a default is: a fault, or an empty text where the file is only looked at
 *   and its variables are filled in later
 * @throws GridwireError `CONTRACT_INVALID` or `SETTING_INVALID`, naming the broker and the setting
 */
export function readBrokersFile(
  text: string,
  lookUp: LookUp,
  unset: 'refused' | 'empty' = 'refused',
): BrokersFile {
  // Names and passwords may look like numbers: an unquoted 0123 is not 123.
  const written = parseYaml(text, { characters: BOUNDS.brokersFileCharacters, asText: true });
  const fill = (value: string): string =>
    substituteVariables(value, lookUp, unset === 'empty' ? '' : undefined);
  // After reading, so that a password cannot become structure.
  const document = substituteIn(written, fill);
  if (!isObject(document) || !isObject(document['brokers'])) {
    throw new GridwireError(
      'CONTRACT_INVALID',
      'The file has no list "brokers"; give the content of brokers.yaml.',
    );
  }
  const other = Object.keys(document).find((name) => !FILE_SETTINGS.has(name) && !name.startsWith('x-'));
  if (other !== undefined) {
    throw new GridwireError(
      'SETTING_INVALID',
      `The file has "${other.slice(0, 80)}" beside "brokers" and "default_broker", which nothing reads. Take it out, or put x- before its name.`,
    );
  }
  const writtenBrokers = (written as { brokers: JsonObject }).brokers;
  const brokers = Object.entries(document['brokers']).map(([name, entry]) => {
    const asWritten = writtenBrokers[name] ?? null;
    return { ...brokerEntry(name, entry), variables: variablesOf(asWritten), decided: decidedIn(asWritten) };
  });
  const defaultBroker = document['default_broker'];
  if (defaultBroker === undefined || defaultBroker === null || defaultBroker === '')
    return { brokers, defaultBroker: undefined };
  if (!brokers.some(({ name }) => name === defaultBroker)) {
    throw new GridwireError(
      'SETTING_INVALID',
      // As written: a variable's value is not for everybody who may read a broker's settings.
      `"default_broker" names ${JSON.stringify((written as JsonObject)['default_broker'])}, which the file does not define.`,
    );
  }
  return { brokers, defaultBroker: defaultBroker as string };
}

function substituteIn(value: Json, fill: (text: string) => string): Json {
  if (typeof value === 'string') return fill(value);
  if (Array.isArray(value)) return value.map((item) => substituteIn(item, fill));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, substituteIn(member, fill)]),
  );
}

/** The settings of an entry, as written, that name a variable. */
function variablesOf(entry: Json): Record<string, string> {
  const config = isObject(entry) && isObject(entry['config']) ? entry['config'] : {};
  return Object.fromEntries(Object.entries(config).filter(isVariable));
}

function decidedIn(entry: Json): string[] {
  const ofEntry = isObject(entry) ? Object.entries(entry) : [];
  const names = Object.keys({ ...Object.fromEntries(ofEntry.filter(isVariable)), ...variablesOf(entry) });
  return names.filter((name) => NO_VARIABLES.has(name));
}

function isVariable(pair: [string, Json]): pair is [string, string] {
  return typeof pair[1] === 'string' && hasVariable(pair[1]);
}

function brokerEntry(name: string, entry: Json): Omit<BrokerEntry, 'variables' | 'decided'> {
  if (!isObject(entry)) throw invalid(name, 'entry', 'an object');
  const config = entry['config'] ?? {};
  if (!isObject(config)) throw invalid(name, 'config', 'an object');
  assertKnown(name, entry, ENTRY_SETTINGS);
  assertKnown(name, config, CONFIG_SETTINGS);
  const kafka = config['bootstrap_servers'] !== undefined;
  const servers = kafka ? text(name, config, 'bootstrap_servers', '') : '';
  const tls = flag(name, config, 'use_tls', false);
  const [host, port] = kafka ? firstServer(name, servers) : [undefined, undefined];
  return {
    name,
    enabled: flag(name, entry, 'enabled', true),
    transport: kafka ? 'kafka' : 'mqtt',
    host: host ?? required(name, config, 'host', 'localhost'),
    port: wholeNumber(name, config, 'port', { value: port, minimum: 1, otherwise: tls ? 8883 : 1883 }),
    clientId: text(name, config, 'client_id', ''),
    username: text(name, config, 'username', ''),
    password: text(name, config, 'password', ''),
    topicPrefix: text(name, config, 'topic_prefix', ''),
    keepalive: wholeNumber(name, config, 'keepalive', { minimum: 0, otherwise: 60 }),
    cleanSession: flag(name, config, 'clean_session', true),
    tls,
    caFile: text(name, config, 'ca_certs', ''),
    certFile: text(name, config, 'certfile', ''),
    keyFile: text(name, config, 'keyfile', ''),
    servers,
  };
}

function firstServer(broker: string, servers: string): [host: string, port: string] {
  const server = (servers.split(',')[0] ?? '').trim();
  const [, host, port = '9092'] = /^(\[[^\]]+\]|[^:\s]+)(?::(\d+))?$/.exec(server) ?? [];
  if (host === undefined)
    throw invalid(broker, 'bootstrap_servers', 'servers as host:port, with commas between them');
  return [host.replaceAll(/[[\]]/g, ''), port];
}

/** `use_tsl: true` would be a connection without TLS. */
function assertKnown(broker: string, object: JsonObject, known: ReadonlySet<string>): void {
  const unknown = Object.keys(object).find((name) => !known.has(name));
  if (unknown === undefined) return;
  throw new GridwireError(
    'SETTING_INVALID',
    `Broker "${broker}" of the file: "${unknown.slice(0, 80)}" is not known here. Take it out or correct it; known are: ${[...known].join(', ')}.`,
  );
}

function text(broker: string, config: JsonObject, name: string, otherwise: string): string {
  const value = config[name] ?? otherwise;
  if (typeof value === 'string') return value;
  throw invalid(broker, name, 'a text');
}

/** A text that is not blank: a blank one would be another computer, or none. */
function required(broker: string, config: JsonObject, name: string, otherwise: string): string {
  const value = text(broker, config, name, otherwise);
  // An empty one may be a variable that is not set yet.
  if (value === '' || value.trim() !== '') return value;
  throw invalid(broker, name, 'a text that is not empty; leave it out for the default');
}

function flag(broker: string, config: JsonObject, name: string, otherwise: boolean): boolean {
  const written = config[name] ?? otherwise;
  const value = written === '' ? otherwise : written;
  const isWritten = typeof value === 'string' || typeof value === 'number';
  const known = isWritten ? TRUTH[String(value).trim().toLowerCase()] : value;
  if (typeof known !== 'boolean') throw invalid(broker, name, 'true or false');
  return known;
}

/** A whole number up to 65,535: `value` where it is known already, else the setting; an empty one is not set. */
function wholeNumber(
  broker: string,
  config: JsonObject,
  name: string,
  {
    value = config[name],
    minimum,
    otherwise,
  }: { value?: Json | undefined; minimum: number; otherwise: number },
): number {
  if (value === undefined || value === null || value === '') return otherwise;
  // 0123 is 83 to one reader of YAML and 123 to another.
  const isOctal = typeof value === 'string' && /^[+-]?0\d/.test(value.trim());
  if (isOctal) throw invalid(broker, name, 'a whole number without a zero before it');
  const number = typeof value === 'string' ? writtenNumber(value.trim()) : value;
  if (typeof number === 'number' && Number.isInteger(number) && number >= minimum && number <= 65_535)
    return number;
  throw invalid(broker, name, `a whole number from ${minimum} to 65535`);
}

function invalid(broker: string, name: string, expected: string): GridwireError {
  return new GridwireError(
    'SETTING_INVALID',
    `Broker "${broker}" of the file: "${name}" must be ${expected}.`,
  );
}
