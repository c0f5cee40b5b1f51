import type { EventTypeData } from '../contract-data.js';
import { businessEvent, criticalEvent, identifier, payloadOf, text } from './schema-parts.js';

const username = { type: 'string', minLength: 1, maxLength: 256 };
const client = {
  ip_address: { type: ['string', 'null'], maxLength: 64 },
  user_agent: { ...text, type: ['string', 'null'] },
};
const at = '2025-01-15T10:30:00Z';

export const authEvents: Record<string, EventTypeData> = {
  'login-success': {
    ...businessEvent,
    title: 'Login succeeded',
    description: 'Someone logged in.',
    source: 'Event Publishing, Usage Examples, Authentication Events',
    wireName: 'login_success',
    topic: 'tracker/events/auth/login_success',
    keyPointer: '/payload/user_id',
    payload: payloadOf(['user_id', 'username'], {
      user_id: identifier,
      username,
      ...client,
      session_duration: { type: 'string', maxLength: 100 },
    }),
    example: {
      user_id: 'user-5',
      username: 'ada',
      ip_address: '192.0.2.10',
      user_agent: 'Mozilla/5.0',
      session_duration: '24h',
      timestamp: at,
    },
  },
  'login-failed': {
    ...criticalEvent,
    title: 'Login failed',
    description: 'Someone tried to log in and was refused.',
    source: 'Event Publishing, Usage Examples, Authentication Events; Event Priorities',
    wireName: 'login_failed',
    topic: 'tracker/events/auth/login_failed',
    keyPointer: '/payload/username',
    payload: payloadOf(['username', 'failure_reason'], { username, ...client, failure_reason: text }),
    example: {
      username: 'ada',
      ip_address: '192.0.2.10',
      user_agent: 'Mozilla/5.0',
      failure_reason: 'invalid_password',
      timestamp: at,
    },
  },
  logout: {
    ...businessEvent,
    title: 'Logout',
    description: 'Someone logged out.',
    source: 'Topic Hierarchy, auth/logout',
    wireName: 'logout',
    topic: 'tracker/events/auth/logout',
    keyPointer: '/payload/user_id',
    payload: payloadOf(['user_id'], { user_id: identifier, username, ...client }),
    example: { user_id: 'user-5', username: 'ada', timestamp: at },
  },
  'session-expired': {
    ...businessEvent,
    title: 'Session expired',
    description: 'A session ended by itself.',
    source: 'Topic Hierarchy, auth/session_expired',
    wireName: 'session_expired',
    topic: 'tracker/events/auth/session_expired',
    keyPointer: '/payload/user_id',
    payload: payloadOf(['user_id'], { user_id: identifier, username, session_id: identifier }),
    example: { user_id: 'user-5', session_id: 'session-81', timestamp: at },
  },
};
