import net from 'node:net';
import tls from 'node:tls';
import { Kafka, logLevel, type ISocketFactory, type KafkaConfig, type SASLOptions } from 'kafkajs';
import { repairClock } from './client-clock.js';
import { repairClient } from './client-repair.js';
import { repairLostPlaces } from './lost-place.js';
import { installRecordBytes } from './record-bytes.js';
import { repairReader } from './reader-repair.js';
import type { KafkaSasl, ResolvedKafkaSettings } from './kafka-settings.js';

/** First wait of kafkajs' own retries, milliseconds; it doubles up to the longest. */
const FIRST_RETRY = 100;
const LONGEST_RETRY = 5_000;
/** After so long without a word the system looks whether the other side is there, milliseconds. */
const KEEP_ALIVE = 60_000;

/** Told each server that TLS stands with, and its socket. */
type Secured = (server: string, socket: tls.TLSSocket) => void;

/**
 * The kafkajs client of these settings. It logs nothing: what goes wrong is told by errors and events.
 * @param secured where somebody wants to know of the servers' certificates
 */
export function kafkaClient(settings: ResolvedKafkaSettings, secured?: Secured): Kafka {
  repairClient();
  repairClock();
  repairReader();
  repairLostPlaces();
  installRecordBytes();
  const { brokers, clientId, tls: secure, sasl, retries, requestTimeout, connectTimeout } = settings;
  const config: KafkaConfig = {
    brokers,
    clientId,
    requestTimeout,
    connectionTimeout: connectTimeout,
    authenticationTimeout: connectTimeout,
    logLevel: logLevel.NOTHING,
    retry: { retries, initialRetryTime: FIRST_RETRY, maxRetryTime: LONGEST_RETRY },
    ssl: secure === true ? {} : secure,
    ...(secure === false || secured === undefined ? {} : { socketFactory: securedSockets(secured) }),
  };
  return new Kafka(sasl === undefined ? config : { ...config, sasl: saslOptions(sasl) });
}

/** As kafkajs makes its sockets by itself. */
function securedSockets(secured: Secured): ISocketFactory {
  return ({ host, port, ssl, onConnect }) => {
    const servername = net.isIP(host) === 0 ? { servername: host } : {};
    const socket = tls.connect({ host, port, ...servername, ...ssl }, () => {
      secured(`${host}:${port}`, socket);
      onConnect();
    });
    return socket.setKeepAlive(true, KEEP_ALIVE);
  };
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
