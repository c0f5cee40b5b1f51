import type { JsonObject } from '../../event.js';
import type { EventTypeData } from '../contract-data.js';

const identifier: JsonObject = { type: 'string', minLength: 1, maxLength: 256 };
const text: JsonObject = { type: 'string', maxLength: 10_000 };
const common = { role: 'event', qos: 1, retain: false, keyParameter: 'entity', switch: 'appEvents' } as const;

export const appEvents: Record<string, EventTypeData> = {
  'app-execution-started': {
    ...common,
    title: 'App execution started',
    description: 'An app of the digital twin began a run.',
    source: 'Event Schemas, App Execution Events, Execution Started',
    wireName: 'dt.app.execution-started',
    topic: 'app/execution-started/{entity}',
    payload: {
      type: 'object',
      required: ['app_key', 'request_id'],
      properties: {
        app_key: identifier,
        request_id: identifier,
        config_hash: { type: ['string', 'null'], maxLength: 256 },
      },
    },
    example: { app_key: 'ev-charging-readiness', request_id: 'req-12345', config_hash: 'abc123' },
  },
  'app-execution-completed': {
    ...common,
    title: 'App execution completed',
    description: 'A run ended with a result.',
    source: 'Event Schemas, App Execution Events, Execution Completed',
    wireName: 'dt.app.execution-completed',
    topic: 'app/execution-completed/{entity}',
    payload: {
      type: 'object',
      required: ['app_key', 'request_id', 'duration_ms', 'result_type'],
      properties: {
        app_key: identifier,
        request_id: identifier,
        duration_ms: { type: 'integer', minimum: 0, 'x-unit': 'ms', 'x-kind': 'interval' },
        result_type: identifier,
        result_summary: { type: 'object' },
      },
    },
    example: {
      app_key: 'ev-charging-readiness',
      request_id: 'req-12345',
      duration_ms: 1234,
      result_type: 'EVChargingReadiness',
      result_summary: { indicator: 'OPTIMAL', confidence: 0.92 },
    },
  },
  'app-execution-failed': {
    ...common,
    title: 'App execution failed',
    description: 'A run ended with an error.',
    source: 'Event Schemas, App Execution Events, Execution Failed',
    wireName: 'dt.app.execution-failed',
    topic: 'app/execution-failed/{entity}',
    payload: {
      type: 'object',
      required: ['app_key', 'request_id', 'error_type', 'error_message'],
      properties: {
        app_key: identifier,
        request_id: identifier,
        error_type: identifier,
        error_message: text,
        severity: {
          description: '`error` where it is missing.',
          enum: ['info', 'warning', 'error', 'critical'],
        },
      },
    },
    example: {
      app_key: 'ev-charging-readiness',
      request_id: 'req-12345',
      error_type: 'ValueError',
      error_message: 'Invalid location coordinates',
      severity: 'error',
    },
  },
  'app-state-changed': {
    ...common,
    title: 'App state changed',
    description: 'An app went from one status to another.',
    source: 'running code, dt.app.state-changed',
    wireName: 'dt.app.state-changed',
    topic: 'app/state-changed/{entity}',
    payload: {
      type: 'object',
      required: ['app_key', 'new_status'],
      properties: {
        app_key: identifier,
        previous_status: { type: ['string', 'null'], maxLength: 256 },
        new_status: identifier,
        changed_fields: { type: 'array', items: identifier, maxItems: 1000 },
      },
    },
    example: {
      app_key: 'ev-charging-readiness',
      previous_status: 'idle',
      new_status: 'running',
      changed_fields: ['status'],
    },
  },
};
