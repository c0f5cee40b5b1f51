import type { ContractData } from '../contract-data.js';
import { channels } from './channels.js';
import { deployed } from './deployed.js';
import { envelope } from './envelope.js';

const agent = { description: 'the agent', kind: 'identifier' } as const;

/** PowerGrid 2.0: a simulated grid whose agents and environment talk only over channels. */
export const powergrid: ContractData = {
  name: 'powergrid',
  title: 'PowerGrid 2.0',
  description:
    'Agents, devices and the environment of a grid simulation exchange actions, states and results.',
  version: '1.0.0',
  source: 'PowerGrid 2.0, Message Broker',
  prefix: '',
  timeZone: 'UTC',
  envelope,
  parameters: {
    env: { description: 'the environment', kind: 'identifier', from: ['/env_id'], mustAgree: true },
    agent,
    upstream: { description: 'the node above: the environment or an agent', kind: 'identifier' },
    node: { description: 'the agent or device below', kind: 'identifier' },
  },
  retry: { attempts: 3, delay: 100, factor: 2, maximumDelay: 1000 },
  // The document has no dead-letter rule ("log failed publishes"); letters stay inside their environment's names.
  deadLetter: {
    topic: '{topic}/dlq',
    form: 'record',
    qos: 1,
    record: {
      originalTopic: 'original_topic',
      reason: 'failure_reason',
      time: 'failure_timestamp',
      payload: 'payload',
    },
  },
  types: channels,
  dialects: { deployed },
};
