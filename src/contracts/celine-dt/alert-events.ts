import type { EventTypeData } from '../contract-data.js';

export const alertEvents: Record<string, EventTypeData> = {
  'alert-raised': {
    title: 'Alert raised',
    description: 'A threshold was crossed or something else needs attention.',
    source: 'Topic Conventions, third example; members from the running code',
    role: 'event',
    wireName: 'dt.alert.raised',
    topic: 'alert/raised/{entity}',
    qos: 1,
    retain: false,
    keyParameter: 'entity',
    payload: {
      type: 'object',
      required: ['alert_id', 'title', 'description', 'severity'],
      properties: {
        alert_id: { type: 'string', minLength: 1, maxLength: 256 },
        title: { type: 'string', minLength: 1, maxLength: 1000 },
        description: { type: 'string', maxLength: 10_000 },
        severity: { enum: ['info', 'warning', 'error', 'critical'] },
        app_key: { type: ['string', 'null'], maxLength: 256 },
        threshold_value: { type: ['number', 'null'] },
        actual_value: { type: ['number', 'null'] },
        suggested_action: { type: ['string', 'null'], maxLength: 10_000 },
      },
    },
    example: {
      alert_id: 'threshold-breach-001',
      title: 'Grid import above limit',
      description: 'The community imports more than agreed.',
      severity: 'warning',
      threshold_value: 250,
      actual_value: 281.4,
      suggested_action: 'Delay charging by one hour.',
    },
  },
};
