import type { NodeAPI } from 'node-red';
import { adminRoute } from '../runtime/admin-route.js';
import { type BrokerEntry, readBrokersFile } from '../../src/brokers/brokers-file.js';
import { toGridwireError } from '../../src/errors.js';
import type { PlannedBroker } from '../fields/planned-broker.js';

/**
 * `POST /gridwire/brokers-file { text }`: the broker nodes that a `brokers.yaml` of CELINE stands for, for the editor's
 * importer. Nothing is kept, and no environment variable is looked up: they stay variables, because the nodes fill them
 * in when they are deployed, and whoever may write broker settings need not be allowed to see the environment.
 */
export function registerRoutes(RED: NodeAPI): void {
  const access = { right: 'admin', formerly: 'gridwire-broker.write' } as const;
  adminRoute(RED, 'post', '/gridwire/brokers-file', access, (request, response) => {
    const { text } = (request.body ?? {}) as { text?: unknown };
    try {
      response.json({ brokers: plannedBrokers(typeof text === 'string' ? text : '') });
    } catch (thrown) {
      const { code, message } = toGridwireError(thrown);
      response.json({ error: { code, message } });
    }
  });
}

/** @throws GridwireError what `readBrokersFile` throws */
export function plannedBrokers(text: string): PlannedBroker[] {
  const { brokers, defaultBroker } = readBrokersFile(text, () => undefined, 'empty');
  return brokers.map((entry) => ({
    name: entry.name,
    enabled: entry.enabled,
    isDefault: entry.name === defaultBroker,
    decided: entry.decided,
    settings: settingsOf(entry),
    credentials: {
      username: entry.variables['username'] ?? entry.username,
      password: entry.variables['password'] ?? entry.password,
    },
    ...(entry.tls && (entry.caFile !== '' || entry.certFile !== '')
      ? { tls: { ca: entry.caFile, cert: entry.certFile, key: entry.keyFile } }
      : {}),
  }));
}

function settingsOf({ variables, ...entry }: BrokerEntry): PlannedBroker['settings'] {
  const { cleanSession, tls: useTls } = entry;
  const common = {
    ...{ transport: entry.transport, cleanSession, useTls },
    clientId: variables['client_id'] ?? entry.clientId,
    topicPrefix: variables['topic_prefix'] ?? entry.topicPrefix,
  };
  if (entry.transport === 'kafka')
    return { ...common, kafkaBrokers: variables['bootstrap_servers'] ?? entry.servers };
  return {
    ...common,
    host: variables['host'] ?? entry.host,
    port: variables['port'] ?? String(entry.port),
    keepalive: variables['keepalive'] ?? String(entry.keepalive),
  };
}
