import type { ConnectionOptions } from 'node:tls';
import type { Broker } from '../../src/brokers/broker.js';
import { KafkaBroker } from '../../src/brokers/kafka/kafka-broker.js';
import {
  type KafkaSasl,
  madeUpClientId,
  type TopicCreation,
} from '../../src/brokers/kafka/cluster/kafka-settings.js';
import { codecFault, type WrittenCodec } from '../../src/brokers/kafka/codecs/codecs.js';
import { clientCredentials } from '../../src/brokers/kafka/cluster/oauth-token.js';
import { listOf } from '../../src/list.js';
import type { Settings } from '../runtime/settings.js';

const SASL = ['none', 'plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'] as const;
const DAY = 24 * 3_600_000;
/** Of this process: without a client ID, nodes begin anew after a restart, and not after each deploy. */
const passingClientId = madeUpClientId();

/** Makes the Kafka broker that a config node's settings describe; books a fault for every field that cannot work. */
export function openKafka(settings: Settings, tls: boolean | ConnectionOptions): Broker | undefined {
  const brokers = listOf(settings.required('kafkaBrokers', 'The list of bootstrap servers'));
  const clientId = settings.text('clientId');
  const sasl = saslOf(settings);
  const compression = settings.text('compression', 'gzip') as WrittenCodec;
  const unwritten = codecFault(compression);
  if (unwritten !== undefined) settings.fault('compression', `"${compression}": ${unwritten}.`);
  const unpackLimit = settings.integer('unpackLimit', { minimum: 1, maximum: 1_024, otherwise: 64 });
  const linger = settings.integer('linger', { minimum: 0, maximum: 60_000, otherwise: 5 });
  const sessionTimeout = settings.integer('sessionTimeout', { minimum: 1, maximum: 1800, otherwise: 10 });
  const minimum = settings.integer('reconnectMinimum', { minimum: 1, maximum: 3600, otherwise: 1 });
  const maximum = settings.integer('reconnectMaximum', { minimum: 1, maximum: 3600, otherwise: 60 });
  if (maximum < minimum) settings.fault('reconnectMaximum', 'must not be less than the shortest wait.');
  const createTopics = settings.flag('createTopics', false) ? creationOf(settings) : undefined;
  if (settings.hasFaults) return undefined;
  return settings.check('transport', () => {
    return new KafkaBroker({
      brokers,
      tls,
      compression,
      unpackLimit: unpackLimit * 1024 * 1024,
      linger,
      sessionTimeout: sessionTimeout * 1000,
      reconnect: { minimum: minimum * 1000, maximum: maximum * 1000 },
      passingClientId,
      ...(clientId === '' ? {} : { clientId }),
      ...(sasl === undefined ? {} : { sasl }),
      ...(createTopics === undefined ? {} : { createTopics }),
    });
  });
}

/** With OAuth, user name and password are the client's id and secret. */
function saslOf(settings: Settings): KafkaSasl | undefined {
  const mechanism = settings.choice('sasl', SASL, 'none');
  if (mechanism === 'none') return undefined;
  const username = settings.credential('username');
  const password = settings.credential('password');
  if (username === undefined) settings.fault('username', `SASL (${mechanism}) needs a user name.`);
  if (password === undefined) settings.fault('password', `SASL (${mechanism}) needs a password.`);
  if (mechanism !== 'oauthbearer') {
    return username === undefined || password === undefined ? undefined : { mechanism, username, password };
  }
  const url = settings.required('tokenUrl', 'The address of the token endpoint');
  if (url !== '' && !/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : '')) {
    settings.fault('tokenUrl', 'must be an address that begins with https:// or http://.');
  }
  const scope = settings.text('tokenScope');
  const token = clientCredentials({ url, clientId: username ?? '', clientSecret: password ?? '', scope });
  return { mechanism, token };
}

function creationOf(settings: Settings): TopicCreation {
  const partitions = settings.integer('partitions', { minimum: 1, maximum: 10_000, otherwise: 0 });
  const replicas = settings.integer('replicas', { minimum: 1, maximum: 100, otherwise: 0 });
  const days = settings.integer('retentionDays', { minimum: 1, maximum: 36_500, otherwise: 0 });
  return {
    ...(partitions === 0 ? {} : { partitions }),
    ...(replicas === 0 ? {} : { replicas }),
    ...(days === 0 ? {} : { retention: days * DAY }),
  };
}
