import type { EventTypeData } from '../contract-data.js';
import { identifier, payloadOf, person, text } from './schema-parts.js';

/** A command that waited longer than this, in seconds, is not delivered any more. */
const TIME_TO_LIVE = 60;

const command = { role: 'command', qos: 1, retain: false, timeToLive: TIME_TO_LIVE } as const;
const metric = { role: 'metric', qos: 1, retain: false, liveFirst: true } as const;
const at = '2025-01-15T10:30:00Z';

export const commands: Record<string, EventTypeData> = {
  'restart-service': {
    ...command,
    title: 'Restart a service',
    description: 'A service shall restart.',
    source: 'Topic Hierarchy, commands/restart_service',
    wireName: 'restart_service',
    topic: 'tracker/commands/restart_service',
    payload: payloadOf([], { service: identifier, requested_by: person }),
    example: { service: 'backend', requested_by: 'user-5' },
  },
  'clear-cache': {
    ...command,
    title: 'Clear a cache',
    description: 'A cache shall be emptied.',
    source: 'Topic Hierarchy, commands/clear_cache',
    wireName: 'clear_cache',
    topic: 'tracker/commands/clear_cache',
    payload: payloadOf([], { cache: identifier, requested_by: person }),
    example: { cache: 'projects' },
  },
  'backup-data': {
    ...command,
    title: 'Back up data',
    description: 'A backup shall be made.',
    source: 'Topic Hierarchy, commands/backup_data',
    wireName: 'backup_data',
    topic: 'tracker/commands/backup_data',
    payload: payloadOf([], { target: text, requested_by: person }),
    example: { target: 'nightly' },
  },
  command: {
    ...command,
    title: 'Any other command',
    description: "A command of one's own, by the naming convention: lower case, present tense.",
    source: 'Topic Naming Convention',
    topic: 'tracker/commands/{command}',
    envelope: { members: { kind: { template: '{parameter.command}' } } },
    payload: payloadOf([], {}),
    example: { requested_by: 'user-5' },
    exampleParameters: { command: 'rotate_logs' },
  },
};

export const metrics: Record<string, EventTypeData> = {
  performance: {
    ...metric,
    qos: 0,
    title: 'Performance',
    description: 'How fast the system works.',
    source: 'Topic Hierarchy, metrics/performance; Event Priorities',
    wireName: 'performance',
    topic: 'tracker/metrics/performance',
    payload: payloadOf([], {
      response_time_ms: { type: 'number', minimum: 0, 'x-unit': 'ms', 'x-kind': 'gauge' },
    }),
    example: { response_time_ms: 12.5, timestamp: at },
  },
  'resource-usage': {
    ...metric,
    title: 'Resource usage',
    description: 'What the system uses.',
    source: 'Topic Hierarchy, metrics/resource_usage',
    wireName: 'resource_usage',
    topic: 'tracker/metrics/resource_usage',
    payload: payloadOf([], {
      cpu_percent: { type: 'number', minimum: 0, 'x-unit': '%', 'x-kind': 'gauge' },
      memory_percent: { type: 'number', minimum: 0, 'x-unit': '%', 'x-kind': 'gauge' },
    }),
    example: { cpu_percent: 17.5, memory_percent: 48, timestamp: at },
  },
  'error-rates': {
    ...metric,
    title: 'Error rates',
    description: 'How often the system fails.',
    source: 'Topic Hierarchy, metrics/error_rates',
    wireName: 'error_rates',
    topic: 'tracker/metrics/error_rates',
    payload: payloadOf([], { errors_per_minute: { type: 'number', minimum: 0, 'x-kind': 'gauge' } }),
    example: { errors_per_minute: 0.2, timestamp: at },
  },
  metric: {
    ...metric,
    title: 'Any other metric',
    description: "A metric of one's own, by the naming convention.",
    source: 'Topic Naming Convention',
    topic: 'tracker/metrics/{metric}',
    envelope: { members: { kind: { template: '{parameter.metric}' } } },
    payload: payloadOf([], {}),
    example: { value: 3 },
    exampleParameters: { metric: 'queue_length' },
  },
};
