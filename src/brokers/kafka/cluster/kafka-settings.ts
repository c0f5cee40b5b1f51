import { randomBytes } from 'node:crypto';
import type { ConnectionOptions } from 'node:tls';
import type { ReconnectBounds } from '../../reconnect-delay.js';
import { codecFault, type WrittenCodec } from '../codecs/codecs.js';
import { UNPACK_LIMIT } from '../codecs/unpack-limit.js';
import { checkNumber, checkText, invalid } from '../../settings-check.js';

/** How the client proves who it is. */
export type KafkaSasl =
  | { mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; username: string; password: string }
  | {
      mechanism: 'oauthbearer';
      /** Gives a bearer token that is valid now; called for every connection. */
      token: () => Promise<string>;
    };

/** What topics that do not exist yet are created with. */
export interface TopicCreation {
  /** Default: the broker's. */
  partitions?: number;
  /** Copies of each partition; default: the broker's. */
  replicas?: number;
  /** Milliseconds that messages are kept; default: the broker's. */
  retention?: number;
}

/** Settings of the Kafka broker; all but `brokers` have defaults. */
export interface KafkaSettings {
  /** Bootstrap servers, `host:port`. */
  brokers: string[];
  /** Names this client to the broker, and begins the names of its consumer groups. Without it groups are not kept. */
  clientId?: string;
  /** Used where there is no client ID: with it, whoever makes the same broker anew finds its groups as long as it lives. */
  passingClientId?: string;
  /** True, or options of node:tls as Node-RED's tls-config makes them. */
  tls?: boolean | ConnectionOptions;
  sasl?: KafkaSasl;
  /** Milliseconds that a message may wait for others to share its batch; default 5. */
  linger?: number;
  /** Most messages in a batch; default 500. */
  batchMessages?: number;
  /** Most bytes in a batch, and so in a message; default 1,000,000. The broker's own limit is about as much. */
  batchBytes?: number;
  /** Default gzip. */
  compression?: WrittenCodec;
  /** Most bytes that a batch of records may unpack to; default 64 MiB. A larger one is rejected as one message. */
  unpackLimit?: number;
  /** Messages that may wait for their batch; beyond it publishing is refused. Default 10,000. */
  publishLimit?: number;
  /** How often a request is tried again by the client itself, with exponential backoff; default 3. */
  retries?: number;
  /** Milliseconds to wait for an answer; default 10,000. */
  requestTimeout?: number;
  /** Milliseconds to wait for a connection; default 10,000. */
  connectTimeout?: number;
  /** Milliseconds between two looks at the cluster: is it there, are there new topics; default 10,000. */
  probeInterval?: number;
  /** Milliseconds after which the broker gives a silent consumer's partitions to others; default 10,000. */
  sessionTimeout?: number;
  /** Allows topics to be created on first use; default: not allowed. */
  createTopics?: TopicCreation;
  /** Milliseconds; default 1,000 to 60,000. */
  reconnect?: Partial<ReconnectBounds>;
}

export type ResolvedKafkaSettings = ReturnType<typeof kafkaSettings>;

const DEFAULTS = {
  tls: false as boolean | ConnectionOptions,
  linger: 5,
  batchMessages: 500,
  batchBytes: 1_000_000,
  compression: 'gzip' as WrittenCodec,
  unpackLimit: UNPACK_LIMIT,
  publishLimit: 10_000,
  retries: 3,
  requestTimeout: 10_000,
  connectTimeout: 10_000,
  probeInterval: 10_000,
  sessionTimeout: 10_000,
};

const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'];

/** A client ID that nobody else has. */
export function madeUpClientId(): string {
  return `gridwire-${randomBytes(6).toString('hex')}`;
}

/**
 * Fills in the defaults and refuses what cannot work.
 * @throws GridwireError `SETTING_INVALID` naming the field
 */
export function kafkaSettings(settings: KafkaSettings) {
  const checked = { ...DEFAULTS, ...settings };
  checkBrokers(settings.brokers);
  if (settings.clientId !== undefined) checkText('clientId', settings.clientId);
  if (settings.sasl !== undefined) checkSasl(settings.sasl);
  checkNumber('linger', checked.linger, 0, 60_000);
  checkNumber('batchMessages', checked.batchMessages, 1, 10_000);
  checkNumber('batchBytes', checked.batchBytes, 1_000, 100_000_000);
  const unwritten = codecFault(checked.compression);
  if (unwritten !== undefined) throw invalid('compression', checked.compression, unwritten);
  checkNumber('unpackLimit', checked.unpackLimit, 1_000, 2_000_000_000);
  checkNumber('publishLimit', checked.publishLimit, 1, 1_000_000);
  checkNumber('retries', checked.retries, 0, 100);
  checkNumber('requestTimeout', checked.requestTimeout, 1, 3_600_000);
  checkNumber('connectTimeout', checked.connectTimeout, 1, 3_600_000);
  checkNumber('probeInterval', checked.probeInterval, 10, 3_600_000);
  checkNumber('sessionTimeout', checked.sessionTimeout, 1_000, 3_600_000);
  if (settings.createTopics !== undefined) checkCreation(settings.createTopics);
  const reconnect = { minimum: 1_000, maximum: 60_000, ...settings.reconnect };
  checkNumber('reconnect.minimum', reconnect.minimum, 1, 3_600_000);
  checkNumber('reconnect.maximum', reconnect.maximum, reconnect.minimum, 3_600_000);
  return {
    ...checked,
    reconnect,
    clientId: settings.clientId ?? settings.passingClientId ?? madeUpClientId(),
  };
}

function checkBrokers(brokers: unknown): void {
  if (!Array.isArray(brokers) || brokers.length === 0) {
    throw invalid('brokers', brokers, 'give at least one bootstrap server, host:port');
  }
  for (const broker of brokers as unknown[]) {
    const [, , port] = (typeof broker === 'string' && /^(\[[^\]]+\]|[^:\s]+):(\d+)$/.exec(broker)) || [];
    if (port === undefined || Number(port) < 1 || Number(port) > 65_535) {
      throw invalid('brokers', broker, 'each bootstrap server must have the form host:port');
    }
  }
}

function checkSasl(sasl: KafkaSasl): void {
  if (!MECHANISMS.includes(sasl.mechanism)) {
    throw invalid('sasl.mechanism', sasl.mechanism, `it must be one of ${MECHANISMS.join(', ')}`);
  }
  if (sasl.mechanism === 'oauthbearer') {
    if (typeof sasl.token !== 'function') throw invalid('sasl.token', '(hidden)', 'it must be a function');
    return;
  }
  checkText('sasl.username', sasl.username);
  checkText('sasl.password', sasl.password);
}

function checkCreation({ partitions = 1, replicas = 1, retention = -1 }: TopicCreation): void {
  checkNumber('createTopics.partitions', partitions, 1, 10_000);
  checkNumber('createTopics.replicas', replicas, 1, 100);
  checkNumber('createTopics.retention', retention, -1, Number.MAX_SAFE_INTEGER);
}
