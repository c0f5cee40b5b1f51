import type { ConnectionOptions } from 'node:tls';
import type { NodeAPI } from 'node-red';
import type { Broker } from '../../src/brokers/broker.js';
import type { Finding } from '../../src/brokers/broker-check.js';
import { mqttAddress } from '../../src/brokers/mqtt/connection/mqtt-settings.js';
import { tryReach } from '../../src/brokers/trial/reach.js';
import { tryTls } from '../../src/brokers/trial/tls-trial.js';
import { tryLogin, tryRights } from '../../src/brokers/trial/try-broker.js';
import { GridwireError } from '../../src/errors.js';
import { listOf } from '../../src/list.js';
import type { TrialStep } from '../../src/trial.js';
import { BROKER_TYPE } from '../runtime/config-types.js';
import type { Settings } from '../runtime/settings.js';
import { trialRoute } from '../runtime/trial-route.js';
import { typedSettings } from '../runtime/typed-settings.js';
import { addressOf, openBroker, tlsOptions } from './open-broker.js';

/** Where the settings lead; a stored password goes nowhere else. */
const ADDRESS = ['transport', 'host', 'port', 'kafkaBrokers', 'useTls', 'tls', 'tokenUrl'] as const;
/** Bootstrap servers that are looked at one by one. */
const SERVERS = 3;

/** What a trial found: its steps, and what the broker promises. */
export interface Trial {
  steps: TrialStep[];
  findings: Finding[];
}

/** `POST /gridwire/broker-trial { id, settings, credentials, topic, publish }`: tries out what is typed into the panel. */
export function registerRoutes(RED: NodeAPI): void {
  trialRoute(RED, '/gridwire/broker-trial', `${BROKER_TYPE}.write`, (body) => tryBroker(RED, body));
}

async function tryBroker(RED: NodeAPI, body: Record<string, unknown>): Promise<Trial> {
  const { settings, id } = typedSettings(RED, BROKER_TYPE, body, ADDRESS);
  // A client of its own: with the same id the deployed one would be thrown out.
  const clientId = settings.text('clientId');
  const make = (more: object): Broker => made(settings.with(more));
  const trial = { clientId: clientId === '' ? '' : `${clientId}-trial` };
  const broker = make(trial);
  const steps: TrialStep[] = [];
  for (const [host, port, tls] of serversOf(settings)) {
    steps.push(...(await tryReach(host, port)));
    if (steps.at(-1)?.judgement === 'bad') continue;
    if (tls !== false) steps.push(...(await tryTls(host, port, tls === true ? {} : tls)));
    break;
  }
  const last = steps.findLast(({ subject }) => ['port', 'name', 'tls', 'chain'].includes(subject));
  if (last?.judgement === 'bad') return { steps, findings: [] };
  const { steps: login, findings } = await tryLogin(broker);
  steps.push(...login);
  const topic = typeof body['topic'] === 'string' ? body['topic'].trim().slice(0, 1_000) : '';
  if (topic !== '' && login.at(-1)?.judgement === 'good') {
    const publish = body['publish'] === true && !/[+#*]/.test(topic);
    const tells = broker.capabilities.headers;
    const client = make({ ...trial, cleanSession: true, createTopics: false });
    steps.push(...(await tryRights(client, topic, { publish, tells, identity: `${id}-trial` })));
  }
  return { steps, findings };
}

/** @throws GridwireError `SETTING_INVALID` naming what cannot work */
function made(settings: Settings): Broker {
  const broker = openBroker(settings);
  settings.finish();
  if (broker === undefined) throw new GridwireError('INTERNAL', 'A broker that cannot work was accepted.');
  return broker;
}

function serversOf(settings: Settings): [host: string, port: number, tls: boolean | ConnectionOptions][] {
  const transport = settings.text('transport', 'memory');
  if (transport === 'memory') return [];
  if (transport === 'mqtt') {
    const { host, port, tls } = mqttAddress(addressOf(settings));
    return [[host, port, tls]];
  }
  const tls = settings.flag('useTls', false) ? tlsOptions(settings) : false;
  return listOf(settings.text('kafkaBrokers'))
    .slice(0, SERVERS)
    .map((server) => {
      const [, host = server, port = '9092'] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(server) ?? [];
      return [host.replaceAll(/[[\]]/g, ''), Number(port), tls];
    });
}
