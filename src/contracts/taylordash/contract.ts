import type { ContractData } from '../contract-data.js';
import { authEvents } from './auth-events.js';
import { commands, metrics } from './commands-and-metrics.js';
import { deployed } from './deployed.js';
import { envelope } from './envelope.js';
import { pluginEvents } from './plugin-events.js';
import { projectEvents } from './project-events.js';
import { systemEvents } from './system-events.js';
import { workEvents } from './work-events.js';

const types = {
  ...projectEvents,
  ...workEvents,
  ...authEvents,
  ...pluginEvents,
  ...systemEvents,
  ...commands,
  ...metrics,
};

/** TaylorDash: every event is traced, mirrored for replay, and kept in a dead-letter queue when it fails. */
export const taylordash: ContractData = {
  name: 'taylordash',
  title: 'TaylorDash',
  description:
    'Business events, commands and metrics of a project tracker, with trace id and idempotency key.',
  version: '1.0.0',
  source: 'TaylorDash, MQTT Event-Driven Architecture',
  // The templates begin with `tracker/`, because its dead-letter topics name the original topic with it.
  prefix: '',
  timeZone: 'UTC',
  envelope,
  parameters: {
    domain: { description: 'the domain, such as projects', kind: 'snake-case' },
    action: { description: 'what happened, in the past tense', kind: 'snake-case' },
    command: { description: 'the command, in the present tense', kind: 'snake-case' },
    metric: { description: 'the name of the metric', kind: 'snake-case' },
  },
  retry: { attempts: 3, delay: 1000, factor: 2, maximumDelay: 10_000 },
  deadLetter: {
    topic: 'tracker/dlq/{topicFlat}',
    form: 'record',
    qos: 1,
    record: {
      originalTopic: 'original_topic',
      reason: 'failure_reason',
      time: 'failure_timestamp',
      payload: 'payload',
    },
  },
  types,
  dialects: { deployed: deployed(types) },
};
