import assert from 'node:assert/strict';
import { Contract } from '../../../../src/contracts/contract.js';
import { builtInContract } from '../../../../src/contracts/library/built-in.js';
import type { GridwireEvent, Json, JsonObject } from '../../../../src/event.js';

const data = builtInContract('taylordash');
const documented = new Contract(data);
const deployed = new Contract(data, { dialect: 'deployed' });

const envelope: JsonObject = {
  trace_id: '550e8400-e29b-41d4-a716-446655440000',
  ts: '2026-01-15T10:30:00.123456+00:00',
  kind: 'project_created',
  idempotency_key: 'project_created_1768473000123_a1b2c3d4',
  payload: { project_id: 'p', name: 'n', status: 's', created_by: null },
};

function parse(contract: Contract, topic: string, members: JsonObject = {}): GridwireEvent {
  const body = Buffer.from(JSON.stringify({ ...envelope, ...members }));
  return contract.parse({
    ...{ topic, body, headers: {}, qos: 0, retain: false, receivedAt: Date.now(), redelivered: false },
  });
}

const CREATED = 'tracker/events/projects/created';

describe('TaylorDash as it runs', () => {
  it('names nobody where nobody was logged in, in both dialects', () => {
    for (const contract of [documented, deployed]) {
      assert.equal(parse(contract, CREATED).type, 'project-created');
      for (const [action, member] of [
        ['updated', 'updated_by'],
        ['deleted', 'deleted_by'],
      ] as const) {
        const payload = { project_id: 'p', [member]: null };
        assert.equal(
          parse(contract, `tracker/events/projects/${action}`, { payload }).type,
          `project-${action}`,
        );
      }
    }
    assert.throws(
      () => parse(documented, CREATED, { payload: { project_id: 'p', name: 'n', status: 's' } }),
      {
        code: 'SCHEMA_VIOLATION',
      },
    );
  });

  it('takes topics in whatever spelling', () => {
    for (const topic of ['tracker/events/user-profiles/Signed-Up', 'tracker/events/PROJECTS/created'])
      assert.equal(parse(deployed, topic).type, 'event');
    assert.equal(parse(deployed, 'tracker/commands/Restart-All').type, 'command');
    assert.equal(parse(deployed, 'tracker/metrics/cpu-load.1m').type, 'metric');
    assert.throws(() => parse(documented, 'tracker/events/user-profiles/signed_up'), {
      code: 'IDENTIFIER_ILLEGAL',
    });
  });

  it('takes trace ids that its database takes, and no others', () => {
    const taken: Json[] = [null, '550e8400e29b41d4a716446655440000', '550E8400-E29B-41D4-A716-446655440000'];
    taken.push('{550e8400-e29b-41d4-a716-446655440000}', '550e-8400-e29b-41d4-a716-4466-5544-0000');
    for (const trace_id of taken)
      assert.equal(parse(deployed, CREATED, { trace_id }).envelope['trace_id'], trace_id);
    for (const trace_id of ['req-1', '', 5, '550e8400-e29b-41d4-a716'] as Json[])
      assert.throws(() => parse(deployed, CREATED, { trace_id }), { code: 'SCHEMA_VIOLATION' });
  });

  it('takes whatever stands for a time, a kind and a key', () => {
    for (const ts of ['yesterday at noon', '', 0, null, { at: 1 }, 1e300] as Json[])
      assert.equal(parse(deployed, CREATED, { ts }).time, undefined);
    assert.equal(parse(deployed, CREATED).time, Date.UTC(2026, 0, 15, 10, 30, 0, 123));
    for (const kind of ['', null, 5, 'x'.repeat(1000)] as Json[])
      assert.equal(parse(deployed, CREATED, { kind }).envelope['kind'], kind);
    for (const idempotency_key of [17, null, 'k'] as Json[])
      assert.equal(
        parse(deployed, CREATED, { idempotency_key }).envelope['idempotency_key'],
        idempotency_key,
      );
  });

  it('refuses what lacks one of the four members', () => {
    for (const member of ['trace_id', 'ts', 'kind', 'idempotency_key']) {
      const { [member]: _, ...rest } = envelope;
      const body = Buffer.from(JSON.stringify(rest));
      const message = { topic: CREATED, body, headers: {}, qos: 0, retain: false } as const;
      assert.throws(() => deployed.parse({ ...message, receivedAt: 0, redelivered: false }), {
        code: 'SCHEMA_VIOLATION',
      });
    }
  });
});
