import type { EventTypeData } from '../contract-data.js';
import { businessEvent, criticalEvent, identifier, payloadOf, person, text } from './schema-parts.js';

const version = { type: 'string', maxLength: 100 };
const at = '2025-01-15T10:30:00Z';
const common = { ...businessEvent, keyPointer: '/payload/plugin_id' } as const;

export const pluginEvents: Record<string, EventTypeData> = {
  'plugin-installed': {
    ...common,
    title: 'Plugin installed',
    description: 'A plugin is there.',
    source: 'Topic Hierarchy, plugins/installed',
    wireName: 'plugin_installed',
    topic: 'tracker/events/plugins/installed',
    payload: payloadOf(['plugin_id'], { plugin_id: identifier, version, installed_by: person }),
    example: { plugin_id: 'weather', version: '1.2.0', timestamp: at },
  },
  'plugin-updated': {
    ...common,
    title: 'Plugin updated',
    description: 'A plugin has another version.',
    source: 'Topic Hierarchy, plugins/updated',
    wireName: 'plugin_updated',
    topic: 'tracker/events/plugins/updated',
    payload: payloadOf(['plugin_id'], { plugin_id: identifier, version, previous_version: version }),
    example: { plugin_id: 'weather', previous_version: '1.2.0', version: '1.3.0', timestamp: at },
  },
  'plugin-uninstalled': {
    ...common,
    title: 'Plugin uninstalled',
    description: 'A plugin is gone.',
    source: 'Topic Hierarchy, plugins/uninstalled',
    wireName: 'plugin_uninstalled',
    topic: 'tracker/events/plugins/uninstalled',
    payload: payloadOf(['plugin_id'], { plugin_id: identifier, reason: text }),
    example: { plugin_id: 'weather', timestamp: at },
  },
  'plugin-security-violation': {
    ...criticalEvent,
    keyPointer: '/payload/plugin_id',
    title: 'Plugin security violation',
    description: 'A plugin tried what it must not.',
    source: 'Event Publishing, Usage Examples, Plugin Events; Event Priorities',
    wireName: 'plugin_security_violation',
    topic: 'tracker/events/plugins/security_violation',
    payload: payloadOf(['plugin_id', 'violation_type', 'severity'], {
      plugin_id: identifier,
      violation_type: identifier,
      severity: identifier,
      endpoint: text,
      required_permission: identifier,
      user_role: identifier,
    }),
    example: {
      plugin_id: 'weather',
      violation_type: 'unauthorized_api_access',
      severity: 'high',
      endpoint: '/api/v1/admin/users',
      required_permission: 'admin:read',
      user_role: 'viewer',
      timestamp: at,
    },
  },
  'plugin-health-check': {
    ...common,
    title: 'Plugin health check',
    description: 'How a plugin is.',
    source: 'Topic Hierarchy, plugins/health_check',
    wireName: 'plugin_health_check',
    topic: 'tracker/events/plugins/health_check',
    payload: payloadOf(['plugin_id', 'status'], { plugin_id: identifier, status: identifier }),
    example: { plugin_id: 'weather', status: 'healthy', timestamp: at },
  },
};
