import type { EventTypeData } from '../contract-data.js';
import { businessEvent, identifier, payloadOf, person } from './schema-parts.js';

/** The document names these topics without members; each event is asked only to say which thing it is about. */
function workEvent(
  thing: 'component' | 'task',
  wireName: string,
  action: string,
  description: string,
  example: Record<string, string | number>,
): EventTypeData {
  const id = `${thing}_id`;
  return {
    ...businessEvent,
    title: `${thing === 'task' ? 'Task' : 'Component'} ${action.replaceAll('_', ' ')}`,
    description,
    source: `Topic Hierarchy, ${thing}s/${action}`,
    wireName,
    topic: `tracker/events/${thing}s/${action}`,
    keyPointer: `/payload/${id}`,
    payload: payloadOf([id], {
      [id]: identifier,
      project_id: identifier,
      name: { type: 'string', maxLength: 1000 },
      status: identifier,
      progress: { type: 'number', minimum: 0, maximum: 100, 'x-unit': '%', 'x-kind': 'gauge' },
      assigned_to: person,
    }),
    example: { [id]: `${thing}-17`, project_id: 'project-3', ...example },
  };
}

export const workEvents: Record<string, EventTypeData> = {
  'component-created': workEvent('component', 'component_created', 'created', 'A component exists.', {
    name: 'Inverter',
  }),
  'component-updated': workEvent(
    'component',
    'component_updated',
    'updated',
    'Something of a component changed.',
    { status: 'active' },
  ),
  'component-deleted': workEvent('component', 'component_deleted', 'deleted', 'A component is gone.', {}),
  'component-progress-updated': workEvent(
    'component',
    'component_progress_updated',
    'progress_updated',
    'Work on a component went on.',
    { progress: 40 },
  ),
  'task-created': workEvent('task', 'task_created', 'created', 'A task exists.', { name: 'Mount the rails' }),
  'task-updated': workEvent('task', 'task_updated', 'updated', 'Something of a task changed.', {
    status: 'active',
  }),
  'task-completed': workEvent('task', 'task_completed', 'completed', 'A task is done.', {
    status: 'completed',
  }),
  'task-assigned': workEvent('task', 'task_assigned', 'assigned', 'A task has someone to do it.', {
    assigned_to: 'user-5',
  }),
};
