import { Kafka, logLevel, type KafkaConfig, type SASLOptions } from 'kafkajs';
import { repairClient } from './client-repair.js';
import { repairReader } from './reader-repair.js';
import type { KafkaSasl, ResolvedKafkaSettings } from './kafka-settings.js';

/** First wait of kafkajs' own retries, milliseconds; it doubles up to the longest. */
const FIRST_RETRY = 100;
const LONGEST_RETRY = 5_000;

/** The kafkajs client of these settings. It logs nothing: what goes wrong is told by errors and events. */
export function kafkaClient(settings: ResolvedKafkaSettings): Kafka {
  repairClient();
  repairReader();
  const { brokers, clientId, tls, sasl, retries, requestTimeout, connectTimeout } = settings;
  const config: KafkaConfig = {
    brokers,
    clientId,
    requestTimeout,
    connectionTimeout: connectTimeout,
    authenticationTimeout: connectTimeout,
    logLevel: logLevel.NOTHING,
    retry: { retries, initialRetryTime: FIRST_RETRY, maxRetryTime: LONGEST_RETRY },
    ssl: tls === true ? {} : tls,
  };
  return new Kafka(sasl === undefined ? config : { ...config, sasl: saslOptions(sasl) });
}

/** For requests whose repetition is ours to decide: each bootstrap server is asked once. */
export function onceEach({ brokers }: ResolvedKafkaSettings) {
  return { retries: brokers.length - 1, initialRetryTime: FIRST_RETRY, maxRetryTime: FIRST_RETRY };
}

/** For reading: a rebalance and a coordinator that is only just being found take some tries. */
export const READER_RETRY = { retries: 5, initialRetryTime: FIRST_RETRY, maxRetryTime: LONGEST_RETRY };

/** The address for people: the bootstrap servers. */
export function addressOf({ brokers }: ResolvedKafkaSettings): string {
  return brokers.join(', ');
}

function saslOptions(sasl: KafkaSasl): SASLOptions {
  if (sasl.mechanism !== 'oauthbearer') return sasl;
  return {
    mechanism: 'oauthbearer',
    oauthBearerProvider: async () => ({ value: await sasl.token() }),
  };
}
