import type { EventTypeData } from '../contract-data.js';
import { businessEvent, identifier, payloadOf, person, text } from './schema-parts.js';

const name = { type: 'string', minLength: 1, maxLength: 1000 };
const projectId = '550e8400-e29b-41d4-a716-446655440000';
const common = { ...businessEvent, keyPointer: '/payload/project_id' } as const;

export const projectEvents: Record<string, EventTypeData> = {
  'project-created': {
    ...common,
    title: 'Project created',
    description: 'A project exists.',
    source: 'Event Publishing, Usage Examples, Project Events',
    wireName: 'project_created',
    topic: 'tracker/events/projects/created',
    payload: payloadOf(['project_id', 'name', 'status', 'created_by'], {
      project_id: identifier,
      name,
      status: identifier,
      created_by: person,
      metadata: { type: 'object' },
    }),
    example: {
      project_id: projectId,
      name: 'New Project',
      status: 'planning',
      created_by: projectId,
      metadata: { source: 'api', version: '1.0.0' },
    },
  },
  'project-updated': {
    ...common,
    title: 'Project updated',
    description: 'Something of a project changed.',
    source: 'Topic Hierarchy, projects/updated; members from the running code',
    wireName: 'project_updated',
    topic: 'tracker/events/projects/updated',
    payload: payloadOf(['project_id'], {
      project_id: identifier,
      name,
      status: identifier,
      updated_by: person,
      updated_fields: { type: 'array', items: identifier, maxItems: 1000 },
    }),
    example: {
      project_id: projectId,
      name: 'New Project',
      status: 'active',
      updated_by: projectId,
      timestamp: '2025-01-15T10:30:00Z',
      updated_fields: ['status'],
    },
  },
  'project-deleted': {
    ...common,
    title: 'Project deleted',
    description: 'A project is gone.',
    source: 'Topic Hierarchy, projects/deleted; members from the running code',
    wireName: 'project_deleted',
    topic: 'tracker/events/projects/deleted',
    payload: payloadOf(['project_id'], {
      project_id: identifier,
      name,
      status: identifier,
      deleted_by: person,
    }),
    example: {
      project_id: projectId,
      name: 'New Project',
      status: 'active',
      deleted_by: projectId,
      timestamp: '2025-01-15T10:30:00Z',
    },
  },
  'project-status-changed': {
    ...common,
    title: 'Project status changed',
    description: 'A project went from one status to another.',
    source: 'Event Publishing, Usage Examples, Project Events',
    wireName: 'project_status_changed',
    topic: 'tracker/events/projects/status_changed',
    payload: payloadOf(['project_id', 'old_status', 'new_status', 'changed_by'], {
      project_id: identifier,
      old_status: identifier,
      new_status: identifier,
      changed_by: person,
      reason: text,
    }),
    example: {
      project_id: projectId,
      old_status: 'planning',
      new_status: 'active',
      changed_by: projectId,
      timestamp: '2025-01-15T10:30:00Z',
    },
  },
};
