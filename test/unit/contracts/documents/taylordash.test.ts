import assert from 'node:assert/strict';
import type { JsonObject, Qos } from '../../../../src/event.js';
import { inbound, open, overTheWire, refusal, violatedPaths } from '../helpers/check.js';

const contract = open('taylordash');

const standard: JsonObject = {
  trace_id: '550e8400-e29b-41d4-a716-446655440000',
  ts: '2025-01-15T10:30:00Z',
  kind: 'project_created',
  idempotency_key: 'project_created_1642247400_a1b2c3d4',
  payload: {
    project_id: '550e8400-e29b-41d4-a716-446655440000',
    name: 'New Project',
    status: 'planning',
    created_by: '550e8400-e29b-41d4-a716-446655440000',
    metadata: { source: 'api', version: '1.0.0' },
  },
};

const created = 'tracker/events/projects/created';
const at = '2025-01-15T10:30:00.000000+00:00';

/** Topic Hierarchy: every leaf of the tree, with its kind and its QoS by Event Priorities (default 1). */
const tree: [topic: string, type: string, qos: Qos][] = [
  ['tracker/events/projects/created', 'project-created', 1],
  ['tracker/events/projects/updated', 'project-updated', 1],
  ['tracker/events/projects/deleted', 'project-deleted', 1],
  ['tracker/events/projects/status_changed', 'project-status-changed', 1],
  ['tracker/events/components/created', 'component-created', 1],
  ['tracker/events/components/updated', 'component-updated', 1],
  ['tracker/events/components/deleted', 'component-deleted', 1],
  ['tracker/events/components/progress_updated', 'component-progress-updated', 1],
  ['tracker/events/tasks/created', 'task-created', 1],
  ['tracker/events/tasks/updated', 'task-updated', 1],
  ['tracker/events/tasks/completed', 'task-completed', 1],
  ['tracker/events/tasks/assigned', 'task-assigned', 1],
  ['tracker/events/auth/login_success', 'login-success', 1],
  ['tracker/events/auth/login_failed', 'login-failed', 2],
  ['tracker/events/auth/logout', 'logout', 1],
  ['tracker/events/auth/session_expired', 'session-expired', 1],
  ['tracker/events/plugins/installed', 'plugin-installed', 1],
  ['tracker/events/plugins/updated', 'plugin-updated', 1],
  ['tracker/events/plugins/uninstalled', 'plugin-uninstalled', 1],
  ['tracker/events/plugins/security_violation', 'plugin-security-violation', 2],
  ['tracker/events/plugins/health_check', 'plugin-health-check', 1],
  ['tracker/events/system/startup', 'system-startup', 1],
  ['tracker/events/system/shutdown', 'system-shutdown', 1],
  ['tracker/events/system/health_check', 'health-check', 1],
  ['tracker/events/system/error', 'system-error', 2],
  ['tracker/events/system/debug', 'system-debug', 0],
  ['tracker/commands/restart_service', 'restart-service', 1],
  ['tracker/commands/clear_cache', 'clear-cache', 1],
  ['tracker/commands/backup_data', 'backup-data', 1],
  ['tracker/metrics/performance', 'performance', 0],
  ['tracker/metrics/resource_usage', 'resource-usage', 1],
  ['tracker/metrics/error_rates', 'error-rates', 1],
];

/** Usage Examples: kind and payload as published there. */
const published: [place: string, topic: string, kind: string, payload: JsonObject][] = [
  [
    'Project creation event',
    created,
    'project_created',
    { project_id: 'p1', name: 'Roof', status: 'planning', created_by: 'u1', timestamp: at },
  ],
  [
    'Project status change event',
    'tracker/events/projects/status_changed',
    'project_status_changed',
    { project_id: 'p1', old_status: 'planning', new_status: 'active', changed_by: 'u1', timestamp: at },
  ],
  [
    'Successful login event',
    'tracker/events/auth/login_success',
    'login_success',
    {
      user_id: 'u1',
      username: 'ada',
      ip_address: '192.0.2.1',
      user_agent: null,
      session_duration: '24h',
      timestamp: at,
    },
  ],
  [
    'Failed login attempt',
    'tracker/events/auth/login_failed',
    'login_failed',
    {
      username: 'ada',
      ip_address: '192.0.2.1',
      user_agent: 'curl',
      failure_reason: 'invalid_password',
      timestamp: at,
    },
  ],
  [
    'Plugin security violation',
    'tracker/events/plugins/security_violation',
    'plugin_security_violation',
    {
      plugin_id: 'weather',
      violation_type: 'unauthorized_api_access',
      severity: 'high',
      endpoint: '/api/v1/admin/users',
      required_permission: 'admin:read',
      user_role: 'viewer',
      timestamp: at,
    },
  ],
  ['Health Monitoring', 'tracker/events/system/health_check', 'health_check', { status: 'testing' }],
];

describe('document: TaylorDash, MQTT Event-Driven Architecture', () => {
  it('Standard Event Format: the event of the document is read as it stands', () => {
    const event = contract.parse(inbound(created, standard));
    assert.equal(event.type, 'project-created');
    assert.deepEqual(event.envelope, standard);
    assert.equal(event.time, Date.parse('2025-01-15T10:30:00Z'));
  });

  for (const [topic, type, qos] of tree) {
    it(`Topic Hierarchy and Event Priorities: ${topic} is ${type} with QoS ${qos}`, () => {
      const found = contract.type(type);
      assert.equal(found.topic.text, topic);
      assert.equal(found.data.qos, qos);
      assert.equal(found.data.retain, false);
      assert.equal(contract.parse(inbound(topic, { ...standard, payload: found.data.example })).type, type);
    });
  }

  for (const [place, topic, kind, payload] of published) {
    it(`Usage Examples, ${place}: topic, kind and payload`, () => {
      const type = contract.parse(inbound(topic, { ...standard, kind, payload })).type;
      const event = contract.build(type, { payload });
      assert.equal(event.topic, topic);
      assert.equal(event.envelope['kind'], kind);
      assert.deepEqual(overTheWire(contract, event).payload, payload);
    });
  }

  it('Publishing API: trace_id is a new UUID or the one given, and the key is kind, milliseconds and eight hex digits', () => {
    const payload = { status: 'testing' };
    const now = 1_736_937_000_123;
    const event = contract.build('health-check', { payload, now });
    assert.match(event.envelope['trace_id'] as string, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-/);
    assert.match(event.envelope['idempotency_key'] as string, /^health_check_1736937000123_[0-9a-f]{8}$/);
    assert.equal(event.envelope['ts'], '2025-01-15T10:30:00.123Z');
    const trace_id = '550e8400-e29b-41d4-a716-446655440000';
    assert.equal(
      contract.build('health-check', { payload, members: { trace_id } }).envelope['trace_id'],
      trace_id,
    );
  });

  const validation: [rule: string, change: JsonObject, drop: string, path: string][] = [
    ['trace_id is required', {}, 'trace_id', ''],
    ['ts is required', {}, 'ts', ''],
    ['kind is required', {}, 'kind', ''],
    ['idempotency_key is required', {}, 'idempotency_key', ''],
    ['payload is required by the table', {}, 'payload', ''],
    ['trace_id must be a UUID', { trace_id: 'abc' }, '', '/trace_id'],
    ['ts must be ISO 8601', { ts: 'yesterday' }, '', '/ts'],
    ['kind must be a string', { kind: 7 }, '', '/kind'],
    ['kind must not be empty', { kind: '' }, '', '/kind'],
    ['payload must be an object', { payload: [] }, '', '/payload'],
  ];
  for (const [rule, change, drop, path] of validation) {
    it(`Event Validation and Required Fields: ${rule}`, () => {
      const document = { ...standard, ...change };
      const body = Object.fromEntries(Object.entries(document).filter(([name]) => name !== drop));
      const paths = violatedPaths(() => contract.parse(inbound(created, body)));
      assert.ok(paths.includes(path), paths.join(' '));
    });
  }

  it('Event Validation: all that is wrong is listed at once, and further members are allowed', () => {
    const paths = violatedPaths(() =>
      contract.parse(inbound(created, { ...standard, trace_id: '1', ts: '2', kind: '' })),
    );
    for (const path of ['/trace_id', '/ts', '/kind']) assert.ok(paths.includes(path), path);
    assert.ok(contract.parse(inbound(created, { ...standard, version: 2 })));
  });

  it('Topic Naming Convention: a domain of one’s own is an event by its form, in lower case with underscores', () => {
    const event = contract.build('event', { payload: {}, parameters: { domain: 'test', action: 'api' } });
    assert.equal(event.topic, 'tracker/events/test/api');
    assert.equal(event.envelope['kind'], 'test_api');
    assert.equal(event.qos, 1);
    for (const domain of ['Test', 'two words', 'a-b']) {
      const parameters = { domain, action: 'api' };
      assert.equal(
        refusal(() => contract.build('event', { payload: {}, parameters })).code,
        'IDENTIFIER_ILLEGAL',
      );
    }
  });

  it('Dead Letter Queue: tracker/dlq/ and the original topic with underscores', () => {
    assert.equal(contract.deadLetterTopic('tracker/events/test'), 'tracker/dlq/tracker_events_test');
    assert.equal(contract.data.deadLetter.qos, 1);
    assert.deepEqual(contract.data.deadLetter.record, {
      originalTopic: 'original_topic',
      reason: 'failure_reason',
      time: 'failure_timestamp',
      payload: 'payload',
    });
  });

  it('Publishing API: three attempts, the wait doubling from one second', () => {
    assert.deepEqual(contract.data.retry, { attempts: 3, delay: 1000, factor: 2, maximumDelay: 10_000 });
  });

  it('commands expire, and are not taken for metrics or events', () => {
    const now = Date.UTC(2026, 0, 1);
    const event = contract.build('command', { payload: {}, parameters: { command: 'rotate_logs' }, now });
    assert.equal(event.topic, 'tracker/commands/rotate_logs');
    assert.equal(event.expiresAt, now + 60_000);
  });
});

describe('running code: TaylorDash', () => {
  const deployed = open('taylordash', 'deployed');

  it('writes times with +00:00 and microseconds, and publishes everything with QoS 1', () => {
    const event = deployed.build('login-failed', { payload: { username: 'ada' }, now: 1_736_937_000_123 });
    assert.equal(event.envelope['ts'], '2025-01-15T10:30:00.123000+00:00');
    assert.equal(event.qos, 1);
  });

  it('accepts what has the four members, even without payload, and refuses what has not', () => {
    const { trace_id, ts, kind, idempotency_key } = standard;
    assert.ok(deployed.parse(inbound(created, { trace_id, ts, kind, idempotency_key } as JsonObject)));
    assert.deepEqual(
      violatedPaths(() => deployed.parse(inbound(created, { trace_id, ts, kind } as JsonObject))),
      [''],
    );
  });

  it('reads the test event of its API: tracker/events/test/api, kind test_event', () => {
    const event = deployed.parse(inbound('tracker/events/test/api', { ...standard, kind: 'test_event' }));
    assert.equal(event.type, 'event');
  });
});
