import type { DialectData } from '../contract-data.js';

/**
 * What the running code does: the derived topic begins with `dt/` although the prefix `celine/dt/` ends with it, the
 * broker class adds two members, times are UTC without a zone, and an alert's empty `app_key` becomes the word `None`.
 */
export const deployed: DialectData = {
  title: 'as deployed',
  description: 'Joins an installation that runs the CELINE code: doubled dt in the topic, _timestamp added.',
  patch: {
    timeFormat: 'naive-microseconds',
    envelope: {
      order: [
        '@type',
        '@context',
        'id',
        'source',
        'timestamp',
        'payload',
        'metadata',
        'correlation_id',
        '_timestamp',
        '_correlationId',
      ],
      members: {
        _timestamp: { template: '{now:offset-microseconds}' },
        _correlationId: { template: '{member.correlation_id}' },
      },
    },
    parameters: {
      entity: {
        from: ['/payload/community_id', '/payload/app_key', '/payload/alert_id'],
        default: 'default',
      },
    },
    types: {
      'app-execution-started': { topic: 'dt/app/execution-started/{entity}' },
      'app-execution-completed': { topic: 'dt/app/execution-completed/{entity}' },
      'app-execution-failed': { topic: 'dt/app/execution-failed/{entity}' },
      'app-state-changed': { topic: 'dt/app/state-changed/{entity}' },
      'alert-raised': {
        topic: 'dt/alert/raised/{entity}',
        parameters: {
          entity: {
            description: 'app_key of the alert, or the word None',
            kind: 'identifier',
            from: ['/payload/app_key'],
            default: 'None',
          },
        },
      },
      'ev-charging-readiness-computed': { topic: 'dt/ev-charging/readiness-computed/{entity}' },
      'ev-charging-schedule-updated': { topic: 'dt/ev-charging/schedule-updated/{entity}' },
      'ev-charging-capacity-alert': { topic: 'dt/ev-charging/capacity-alert/{entity}' },
    },
  },
};
